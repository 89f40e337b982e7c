import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { CallFacts } from '../../src/core/contact/call.ts';

const folder = new URL('../recordings/', import.meta.url);

const Truth = z.object({
  direction: z.enum(['inbound', 'outbound', 'internal']),
  caller: z.string().nullable(),
  called: z.string(),
  ringSec: z.number(),
  talkSec: z.number(),
  disposition: z.string(),
  answeredBy: z.string().nullish(),
  callerName: z.string().nullish(),
  withheld: z.boolean().optional(),
  lastTalkedTo: z.string().nullish(),
  talks: z.array(z.object({ who: z.string(), sec: z.number() })).optional(),
  rang: z.array(z.string()).optional(),
  queue: z.string().nullish(),
  recording: z.string().nullish(),
  voicemail: z.union([z.string(), z.object({ mailbox: z.string() }).transform(({ mailbox }) => mailbox)]).nullish(),
  transfers: z
    .array(
      z.object({ type: z.string(), from: z.string().nullable(), to: z.string(), answered: z.boolean().optional() }),
    )
    .optional(),
});
export type Truth = z.output<typeof Truth>;

export interface Recorded {
  readonly name: string;
  readonly stream: URL;
  readonly truth: readonly Truth[];
}

/** What the phones of a live call measured, as it would stand in an expected.json. */
export function readTruth(calls: unknown): readonly Truth[] {
  return z.array(Truth).parse(JSON.parse(JSON.stringify(calls)));
}

/** Every recording of a real exchange with what its phones measured. A call to a number nobody has leaves no trace in AMI. */
export function recordings(): Recorded[] {
  return ['22', '16'].flatMap((version) => {
    const at = new URL(`${version}/`, folder);
    const files = readdirSync(at);
    return files
      .filter((file) => file.endsWith('.ami'))
      .sort()
      .map((file) => {
        const name = file.replace(/\.(crm|all)\.ami$/, '');
        const expected: unknown = JSON.parse(readFileSync(new URL(`${name}.expected.json`, at), 'utf8'));
        const { calls } = z.object({ calls: z.array(Truth) }).parse(expected);
        const seen = name === 'inbound-unknown-number-dialled' ? [] : calls;
        return { name: `${version}/${file}`, stream: new URL(file, at), truth: seen };
      });
  });
}

/**
 * A blind transfer ends the first employee's own seconds when he orders it: these two were measured until his phone let go.
 */
const measuredAtThePhone = new Set(['22/blind-transfer-sip-refer.crm.ami', '22/blind-transfer-to-outside.crm.ami']);

/** Where a call differs from the truth, in words; empty when it is right. Seconds within 1.0, as the phones measured them. */
export function differences(recorded: Recorded, calls: readonly CallFacts[]): string[] {
  if (calls.length !== recorded.truth.length) return [`${calls.length} calls, expected ${recorded.truth.length}`];
  return recorded.truth.flatMap((truth, i) => {
    const call = calls[i];
    return call ? compare(truth, call, measuredAtThePhone.has(recorded.name)).map((text) => `call ${i}: ${text}`) : [];
  });
}

function compare(truth: Truth, call: CallFacts, isOdd: boolean): string[] {
  const wrong: string[] = [];
  const same = (what: string, got: unknown, want: unknown) => {
    if (JSON.stringify(got) !== JSON.stringify(want)) {
      wrong.push(`${what} ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
    }
  };
  const near = (what: string, got: number | undefined, want: number) => {
    if (got === undefined || Math.abs(got - want) > 1.05) wrong.push(`${what} ${got}, expected ${want}`);
  };
  const outcome = truth.disposition === 'missed' && truth.direction === 'outbound' ? 'no-answer' : truth.disposition;
  same('direction', call.direction, truth.direction);
  same('outcome', call.outcome, outcome);
  same('called', call.called, truth.called);
  same('withheld', call.withheld, truth.withheld ?? false);
  if (!truth.withheld) same('caller', call.caller, truth.caller);
  if (truth.answeredBy !== undefined) same('answeredBy', call.answeredBy, truth.answeredBy);
  if (truth.callerName) same('callerName', call.callerName, truth.callerName);
  if (truth.lastTalkedTo) same('lastTalkedTo', call.lastTalkedTo, truth.lastTalkedTo);
  if (truth.queue) same('queue', call.queue, truth.queue);
  if (truth.recording !== undefined) same('recording', call.recording, truth.recording);
  if (truth.voicemail) same('voicemail', call.voicemail, truth.voicemail);
  if (truth.rang) same('rang', [...call.rang].sort(), [...truth.rang].sort());
  if (truth.transfers) {
    const told = call.transfers.map(({ kind, from, to }) => ({ type: kind, from, to }));
    same(
      'transfers',
      told,
      truth.transfers.map(({ type, from, to }) => ({ type, from, to })),
    );
    truth.transfers.forEach((transfer, i) => {
      if (transfer.answered !== undefined) same('answered', call.transfers[i]?.answered, transfer.answered);
    });
  }
  if (outcome !== 'interrupted') near('ringSeconds', call.ringSeconds, truth.ringSec);
  if (outcome !== 'interrupted' && outcome !== 'fax') near('talkSeconds', call.talkSeconds, truth.talkSec);
  if (truth.talks && !isOdd) {
    same(
      'talkers',
      call.talks.map(({ who }) => who),
      truth.talks.map(({ who }) => who),
    );
    for (const [i, { who, sec }] of truth.talks.entries()) near(`seconds of ${who}`, call.talks[i]?.seconds, sec);
  }
  return wrong;
}
