import { createReadStream, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { FrameTooLong, Recording, type RecordingOptions } from '../calls/index.ts';
import type { CallFacts } from '../core/contact/call.ts';
import { readNumbers } from '../core/phone/phone.ts';
import { readArguments, usageError } from './base/arguments.ts';
import { type Command, type ExitCode, exit, type Io } from './base/command.ts';
import { defaultConfigFile, requireConfig } from './base/config-file.ts';
import { readColleagues } from './base/people-file.ts';

export const command: Command = {
  summary: 'the calls of recorded AMI streams',
  usage: `usage: letopis calls FILE… [--config FILE] [--json]

FILE is what an exchange's manager interface said, byte for byte (a capture of its port).
  --config FILE  own.extensions, people's mobiles and office.country are taken from it; not needed:
                 two to five digits are an extension then (default config/letopis.yml where it exists)
  --json         one JSON document per conversation, in order of start`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, { config: 'value', json: 'flag' });
    if (rest.length === 0) throw usageError('expected a FILE, the recorded bytes of an AMI connection');
    const reading = readingOf(options.config, io);
    let worst: ExitCode = exit.done;
    for (const file of rest) {
      const answer = await assemble(file, reading, io);
      if ('error' in answer) worst = exit.failed;
      tell(file, answer, options.json, io);
    }
    return worst;
  },
};

const withoutConfig = /^\d{2,5}$/;

function readingOf(given: string | undefined, io: Io): RecordingOptions {
  const charset = 'windows-1251';
  if (given === undefined && !existsSync(resolve(io.cwd, defaultConfigFile))) {
    return { extensions: withoutConfig, isColleague: () => false, charset };
  }
  const config = requireConfig(given, io, {}, ['office', 'own', 'people']);
  const colleagues = readColleagues(config);
  const isColleague = (number: string) =>
    colleagues.size > 0 && readNumbers(number, config.office.country).numbers.some(({ e164 }) => colleagues.has(e164));
  return { extensions: config.own.extensions, isColleague, charset };
}

type Answer =
  | { readonly calls: readonly CallFacts[] }
  | { readonly error: { readonly code: string; readonly message: string } };

/** The calls of one file, read as a stream: a day of a busy exchange need not fit into memory. */
async function assemble(file: string, reading: RecordingOptions, io: Io): Promise<Answer> {
  const recording = new Recording(reading);
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(resolve(io.cwd, file))) {
      if (!(chunk instanceof Uint8Array)) continue;
      bytes += chunk.byteLength;
      recording.push(chunk);
    }
  } catch (error) {
    if (error instanceof FrameTooLong) return failed('calls.not_ami', `${file}: ${error.message}: not an AMI stream`);
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return failed(`calls.${code.toLowerCase()}`, `${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const calls = recording.end();
  if (bytes > 0 && recording.messages === 0) {
    return failed(
      'calls.not_ami',
      `${file}: not one AMI message in ${bytes} bytes; expected lines such as "Event: Newchannel"`,
    );
  }
  return { calls };
}

function failed(code: string, message: string): Answer {
  return { error: { code, message } };
}

function tell(file: string, answer: Answer, json: boolean, io: Io): void {
  if ('error' in answer) {
    io.err(`letopis calls: ${answer.error.message}`);
    if (json) io.out(JSON.stringify({ file, error: answer.error }));
    return;
  }
  if (!json && answer.calls.length === 0) io.err(`${file}: no calls`);
  for (const call of answer.calls) io.out(json ? JSON.stringify(document(file, call)) : line(call));
}

/** The contract of `letopis calls --json` (DESIGN §14). */
function document(file: string, { endedAt: _inner, ...call }: CallFacts): Record<string, unknown> {
  return { file, ...call, startedAt: call.startedAt.toISOString() };
}

function line(call: CallFacts): string {
  const caller = call.withheld ? 'withheld' : (call.caller ?? 'unknown');
  const name = call.callerName === null || call.withheld ? '' : ` (${call.callerName})`;
  const seconds = `rang ${call.ringSeconds.toFixed(1)} s, talked ${call.talkSeconds.toFixed(1)} s`;
  const talkers = call.talks.map(({ who, seconds: own }) => `${who} ${own.toFixed(1)} s`).join(', ');
  const handed = call.transfers
    .map((t) => `${t.kind} ${t.from ?? '?'} → ${t.to}${t.answered ? '' : ' (not answered)'}`)
    .join(', ');
  const more = [
    talkers && `with ${talkers}`,
    handed,
    call.queue && `queue ${call.queue}`,
    call.voicemail && `voicemail ${call.voicemail}`,
  ];
  return [
    `${call.startedAt.toISOString()} ${call.direction} ${call.outcome}: ${caller}${name} → ${call.called ?? 'unknown'}; ${seconds}`,
    ...more.filter((part) => part),
  ].join('; ');
}
