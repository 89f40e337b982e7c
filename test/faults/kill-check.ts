import { CallTracker, Frame } from '../../src/calls/index.ts';
import type { CallFacts } from '../../src/core/contact/call.ts';
import { type Db, sql } from '../../src/store/index.ts';
import { extensions } from '../kit/told-calls.ts';
import { type ExpectedCall, identityOf } from './kill-ledger.ts';

export interface Recorded {
  readonly identities: ReadonlyMap<string, string>;
  readonly contacts: ReadonlyMap<string, Contact>;
  readonly gaps: readonly { readonly since: Date; readonly until: Date }[];
}

interface Contact {
  readonly id: string;
  readonly direction: string;
  readonly outcome: string | null;
  readonly state: string;
  readonly lastTalkedTo: string | null;
  readonly isDecided: boolean;
  readonly prompts: number;
  readonly sent: number;
  /** It is going to be asked: a job that a killed worker had in hand is taken up again within two minutes. */
  readonly isToBeAsked: boolean;
  readonly links: string;
  readonly evidence: string;
}

export interface Verdict {
  /** What broke a promise, in words; empty when every one was kept. */
  readonly wrong: readonly string[];
  readonly recorded: number;
  /** Calls of which nobody heard enough, in a gap that says so. */
  readonly inGaps: number;
  /** Conversations recorded as two, because what ties them was said while nobody listened. */
  readonly torn: number;
  /** Drafts whose owner has not been asked yet. */
  readonly waiting: number;
}

export async function readRecorded(db: Db): Promise<Recorded> {
  const contacts = await db.rows<Contact>(sql`
    select c.id, direction, outcome, state, facts #>> '{details,call,lastTalkedTo}' as "lastTalkedTo",
           decided_at is not null as "isDecided", (facts -> 'links')::text as links,
           (select count(*)::int from prompt where contact_id = c.id) as prompts,
           (select count(*)::int from prompt where contact_id = c.id and sent_at is not null) as sent,
           exists (select from outbox where ref = c.id and job = 'prompt' and done_at is null) as "isToBeAsked",
           (select string_agg(evidence, E'\r\n\r\n' order by captured_at, revision) from capture
              join contact_capture l on l.capture_id = capture.id where l.contact_id = c.id) as evidence
      from contact c where merged_into is null`);
  const identities = await db.rows<{ identity: string; contactId: string }>(sql`
    select encode(identity, 'hex') as identity, contact_id as "contactId" from contact_identity`);
  const gaps = await db.rows<{ since: Date; until: Date }>(sql`select since, until from gap`);
  return {
    contacts: new Map(contacts.map((one) => [one.id, one])),
    identities: new Map(identities.map((one) => [one.identity, one.contactId])),
    gaps,
  };
}

/** Are all calls that were heard recorded, each once, and is what was not heard told of as a gap? */
export function compare(exchange: string, expected: readonly ExpectedCall[], recorded: Recorded): Verdict {
  const wrong: string[] = [];
  const known = new Map<string, ExpectedCall>();
  let inGaps = 0;
  let torn = 0;
  for (const call of expected) {
    const { facts, play } = call;
    const name = `${play.recording} ${call.linkedIds.join()}`;
    const found = [...new Set(call.linkedIds.flatMap((id) => recorded.identities.get(identityOf(exchange, id)) ?? []))];
    const contacts = found.flatMap((id) => recorded.contacts.get(id) ?? []);
    for (const { id } of contacts) {
      const other = known.get(id);
      if (other && other !== call) wrong.push(`${name}: shares a contact with ${other.play.recording}`);
      known.set(id, call);
    }
    if (facts.direction === 'internal') {
      if (contacts.length > 0) wrong.push(`${name}: among colleagues, and recorded`);
      continue;
    }
    const [first, ...others] = contacts;
    if (!first) {
      if (call.mustBeRecorded) wrong.push(`${name}: heard of (${call.proofs} messages), and not recorded`);
      else if (isInGap(call, recorded.gaps)) inGaps++;
      else wrong.push(`${name}: neither recorded nor in a gap`);
      continue;
    }
    if (others.length > 0) {
      if (conversations(contacts) === 1) wrong.push(`${name}: recorded ${contacts.length} times`);
      else torn++;
    }
    // a refused Originate names a phone, no id: of several in one second the exchange does not say which
    const isClear = !play.recording.startsWith('click-to-call');
    if (call.isWholly && isClear) wrong.push(...differences(facts, first).map((text) => `${name}: ${text}`));
  }
  for (const contact of recorded.contacts.values()) {
    const play = expected.find(({ linkedIds }) => linkedIds.some((id) => contact.links.includes(id)))?.play.recording;
    wrong.push(...oddities(contact, known.has(contact.id)).map((text) => `${play ?? 'unknown'}: ${text}`));
  }
  const waiting = [...recorded.contacts.values()].filter(({ state, sent }) => state === 'draft' && sent === 0).length;
  return { wrong, recorded: recorded.contacts.size, inGaps, torn, waiting };
}

/** Nothing of it was heard for certain: the gaps must say so for all of its time, or for the part before or after. */
function isInGap({ play }: ExpectedCall, gaps: Recorded['gaps']): boolean {
  const [from, to] = [play.firstEventAt ?? play.startedAt, play.lastEventAt ?? play.startedAt];
  const isUnheard = play.writtenEvents === 0 && !play.listed;
  return gaps.some(({ since, until }) => (isUnheard ? since <= from && until >= to : since <= to && until >= from));
}

/** Into how many conversations all that was heard of these contacts falls. */
function conversations(contacts: readonly Contact[]): number {
  const tracker = new CallTracker(extensions);
  for (const { evidence } of contacts) {
    for (const text of evidence.split('\r\n\r\n')) tracker.push(new Frame(text), new Date(0));
  }
  tracker.endAll('vanished', null);
  return tracker.finished(new Date(8.64e15), 0).length;
}

/** Numbers of the outside are told anew for every call; who of ours talked last is the recording's. */
function differences(facts: CallFacts, contact: Contact): string[] {
  const lastTalkedTo = extensions.test(facts.lastTalkedTo ?? '') ? facts.lastTalkedTo : contact.lastTalkedTo;
  const pairs = [
    ['direction', contact.direction, facts.direction],
    ['outcome', contact.outcome, facts.outcome],
    ['lastTalkedTo', contact.lastTalkedTo, lastTalkedTo],
  ] as const;
  return pairs.filter(([, got, want]) => got !== want).map(([key, got, want]) => `${key} ${got}, expected ${want}`);
}

function oddities(contact: Contact, isKnown: boolean): string[] {
  const name = `contact ${contact.links} (${contact.direction}, ${contact.outcome}, ${contact.state})`;
  return [
    ...(isKnown ? [] : [`${name}: no such call was told`]),
    ...(contact.isDecided ? [] : [`${name}: never decided`]),
    ...(contact.prompts > 1 ? [`${name}: ${contact.prompts} prompts`] : []),
    ...(contact.state === 'draft' && contact.sent !== 1 && !contact.isToBeAsked
      ? [`${name}: its owner was not asked`]
      : []),
  ];
}
