import { DateTime } from 'luxon';
import type { Config } from '../config.ts';
import { dueAt } from '../core/time/service.ts';
import { readArguments, usageError } from './base/arguments.ts';
import { type Command, type ExitCode, exit, type Io } from './base/command.ts';
import { requireConfig } from './base/config-file.ts';

export const command: Command = {
  summary: 'the deadline the service rules give to what arrives at a time',
  usage: `usage: letopis due TIME… [--config FILE] [--json]

TIME is ISO 8601 with its offset, such as 2026-11-22T13:59:00+02:00 or 2026-11-22T11:59:00Z.
  --config FILE  the configuration (default config/letopis.yml); only office and service are read
  --json         one JSON document per line: { receivedAt, dueAt, rule }; rule 0 is the first of service:`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, { config: 'value', json: 'flag' });
    if (rest.length === 0) throw usageError('expected a TIME, such as 2026-11-22T13:59:00+02:00');
    const config = requireConfig(options.config, io, {}, ['office', 'service']);
    const answers = rest.map((given) => answer(given, config));
    for (const one of answers) tell(one, options.json, io);
    return worst(answers);
  },
};

export type Answer =
  | { readonly receivedAt: string; readonly dueAt: string | null; readonly rule: number | null }
  | { readonly receivedAt: string; readonly error: { readonly code: string; readonly message: string } };

/** The deadline of one TIME, in the office's offset; dueAt and rule are null when no rule speaks of it. */
export function answer(given: string, config: Pick<Config, 'office' | 'service'>): Answer {
  const read = readMoment(given);
  if (!(read instanceof Date)) return { receivedAt: given, error: read };
  const deadline = dueAt(read, config.service, config.office.calendar);
  if (deadline === null) return { receivedAt: given, dueAt: null, rule: null };
  return { receivedAt: given, dueAt: inOffice(deadline.dueAt, config.office.timezone), rule: deadline.rule };
}

/** 2026-11-23T11:00:00+02:00; milliseconds only where there are some. */
function inOffice(at: Date, zone: string): string {
  const local = DateTime.fromJSDate(at, { zone });
  return local.toFormat(`yyyy-MM-dd'T'HH:mm:ss${local.millisecond === 0 ? '' : '.SSS'}ZZ`);
}

/** Without an offset 14:00 is a different moment in every zone: no guess. */
export function readMoment(given: string): Date | { readonly code: string; readonly message: string } {
  const written = given
    .trim()
    .toUpperCase()
    .replace(/^(\d{4}-\d\d-\d\d) /, '$1T');
  const [dated, time, offset] = /^\d{4}-\d\d-\d\d(T\d\d:\d\d[\d:.,]*)?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(written) ?? [];
  const parsed = DateTime.fromISO(written, { setZone: true });
  const shown = JSON.stringify(given);
  if (dated === undefined || !parsed.isValid) {
    const why = parsed.invalidReason === 'unit out of range' ? ` (${parsed.invalidExplanation})` : '';
    return {
      code: 'due.time_unreadable',
      message: `${shown} is no time${why}, write for example 2026-11-22T13:59:00+02:00`,
    };
  }
  if (time !== undefined && offset !== undefined) return parsed.toJSDate();
  const cure = parsed.toFormat("yyyy-MM-dd'T'HH:mm:ss");
  return { code: 'due.offset_missing', message: `${shown} has no offset, write for example ${cure}+02:00` };
}

function tell(one: Answer, json: boolean, io: Io): void {
  if ('error' in one) io.err(`letopis due: ${one.error.message}`);
  if (json) io.out(JSON.stringify(one));
  else if (!('error' in one)) {
    const due =
      one.dueAt === null ? 'no deadline: no rule speaks of this time' : `due ${one.dueAt} by rule ${one.rule}`;
    io.out(`${one.receivedAt} ${due}`);
  }
}

function worst(answers: readonly Answer[]): ExitCode {
  const codes = answers.flatMap((one) => ('error' in one ? [one.error.code] : []));
  if (codes.includes('due.offset_missing')) return exit.usage;
  return codes.length > 0 ? exit.failed : exit.done;
}
