import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import type { Address } from '../core/contact/capture.ts';
import type { Match } from '../core/contact/match.ts';
import { readEmail } from '../core/email.ts';
import { type PhoneNumber, readNumbers } from '../core/phone/phone.ts';
import { knowsRegion } from '../core/phone/plan.ts';
import { type MatchOffice, matchAddress } from '../match/run.ts';
import { strangerWords } from '../match/words.ts';
import { systemClock } from '../ops/clock.ts';
import { readArguments, usageError } from './base/arguments.ts';
import { type Command, exit, type Io } from './base/command.ts';
import { defaultConfigFile, requireConfig } from './base/config-file.ts';
import { withDatabase } from './base/database.ts';

export const command: Command = {
  summary: 'whose address it is, with reasons',
  usage: `usage: letopis match ADDRESS… [--json] [--normalize-only] [--region CC] [--config FILE]

ADDRESS is a telephone number in any spelling, a field with several of them, a tel: or sip: URI, or an e-mail address.
  --normalize-only  only the form in which addresses are compared; needs no database
  --region CC       country of numbers without country code, two letters; default: the office's
  --config FILE     default config/letopis.yml; with --normalize-only none is needed
  --json            one JSON document per line: { address, normalized, extension, all, reason, verdict, candidates }`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, {
      config: 'value',
      json: 'flag',
      'normalize-only': 'flag',
      region: 'value',
    });
    if (rest.length === 0) throw usageError('expected an ADDRESS, such as "044 123-45-67" or anna@romashka.example');
    const region = options.region?.toUpperCase();
    if (region !== undefined && !knowsRegion(region))
      throw usageError(`${options.region} is no country with telephone numbers, expected two letters such as UA`);
    const tell = (answer: Answer) => io.out(options.json ? JSON.stringify(answer) : inWords(answer));
    if (options['normalize-only']) {
      const chosen = region ?? regionOfOffice(options.config, io);
      for (const address of rest) tell(answerOf(address, chosen, null));
      return exit.done;
    }
    const config = requireConfig(options.config, io, {}, ['office', 'own', 'database', 'dataDir']);
    await withDatabase(config, async (db) => {
      const office = officeOf(config, region ?? config.office.country);
      for (const address of rest) {
        const { match } = await matchAddress(db, addressOf(address), office, {
          region: office.region,
          at: systemClock.now(),
          withheld: false,
          contactId: null,
          takenBy: [],
        });
        tell(answerOf(address, office.region, match));
      }
    });
    return exit.done;
  },
};

/** What `--json` prints; the names are a contract. */
export interface Answer {
  readonly address: string;
  /** `+E164` or e-mail; of several numbers the first. */
  readonly normalized: string | null;
  readonly extension: string | null;
  readonly all: readonly { readonly number: string; readonly extension: string | null }[];
  readonly reason: string | null;
  readonly verdict: Match['verdict'] | null;
  readonly candidates: readonly {
    readonly client: string;
    readonly person: string | null;
    readonly strength: 'strong' | 'weak';
    readonly reason: string;
  }[];
}

/** `match` null: nobody was looked up. */
export function answerOf(address: string, region: string | null, match: Match | null): Answer {
  const read = readAddress(address, region);
  const because = match?.verdict === 'stranger' ? strangerWords[match.because] : null;
  return {
    address,
    ...read,
    reason: read.reason ?? because,
    verdict: match?.verdict ?? null,
    candidates: (match?.candidates ?? []).map(({ client, person, strength, reason }) => ({
      client,
      person,
      strength,
      reason,
    })),
  };
}

function addressOf(text: string): Address {
  const isEmail = !/^\s*(?:sips?|tel|callto):/iu.test(text) && readEmail(text).email !== null;
  return { kind: isEmail ? 'email' : 'phone', value: text };
}

function readAddress(text: string, region: string | null): Pick<Answer, 'normalized' | 'extension' | 'all' | 'reason'> {
  const { kind, value } = addressOf(text);
  if (kind === 'email') return { normalized: readEmail(value).email, extension: null, all: [], reason: null };
  const { numbers, reason } = readNumbers(value, region);
  const all = numbers.map(({ e164, extension }: PhoneNumber) => ({ number: e164, extension }));
  return { normalized: all[0]?.number ?? null, extension: all[0]?.extension ?? null, all, reason };
}

function officeOf(config: Pick<Config, 'own' | 'office'>, region: string | null): MatchOffice {
  const { own, office } = config;
  return { region, regionOf: () => null, extensions: own.extensions, own, zone: office.timezone };
}

/** With `--normalize-only` a configuration helps where there is one, and is not missed where there is none. */
function regionOfOffice(given: string | undefined, io: Io): string | null {
  if (given === undefined && !existsSync(resolve(io.cwd, defaultConfigFile))) return null;
  return requireConfig(given, io, {}, ['office']).office.country;
}

function inWords({ address, normalized, all, reason, verdict, candidates }: Answer): string {
  const numbers = all.map(({ number, extension }) => (extension === null ? number : `${number} ext. ${extension}`));
  const read = numbers.join(', ') || normalized || 'no address';
  const head = `${address}: ${read}${reason === null ? '' : ` (${reason})`}${verdict === null ? '' : `: ${verdict}`}`;
  const list = candidates.map(({ client, person, strength, reason: why }) => {
    return `  ${person === null ? client : `${person}, ${client}`} (${strength}): ${why}`;
  });
  return [head, ...list].join('\n');
}
