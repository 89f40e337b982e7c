import type { Address, Ringing } from '../core/contact/capture.ts';
import type { Candidate, CandidateCode, Match } from '../core/contact/match.ts';
import type { Clock } from '../core/time/clock.ts';
import { momentOf, wallTime } from '../core/time/wall-time.ts';
import type { Logger } from '../ops/log.ts';
import type { Db } from '../store/base/db.ts';
import { type ContactView, lastContacts, sentSince } from '../store/contacts/contacts.ts';
import { callerCard, employeesAt } from '../store/contacts/ringing.ts';
import { type Audience, decideAudience, isForgotten, isOver } from './decide.ts';

export interface LiveOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** The office's: what the caller sent today stands on the screen. */
  readonly zone: string;
  /** Whose number this is, by the rules of matching, and its normal form (src/match/run.ts: matchAddress). */
  readonly lookup: (
    outside: Address,
    connector: string,
  ) => Promise<{ readonly normalized: string | null; readonly match: Match }>;
  /** Is this a caller of whom nothing is kept? He rings on no screen either. Absent: there is none. */
  readonly isHidden?: (outside: Address, connector: string) => Promise<boolean>;
}

export interface Caller {
  readonly clientId: string;
  readonly clientName: string;
  readonly personName: string | null;
  readonly code: CandidateCode;
}

/** A call as one employee sees it now. */
export interface LiveCall {
  /** Tells calls of different connectors apart. */
  readonly id: string;
  readonly state: 'ringing' | 'talking';
  readonly outside: string | null;
  readonly outsideName: string | null;
  readonly ours: string | null;
  readonly since: Date;
  /** At most four; empty while nobody knows. */
  readonly callers: readonly Caller[];
  /** The newest contacts of the only caller, newest first; empty when there are several. */
  readonly last: readonly ContactView[];
  /** His mails and faxes of today, newest first: of the only caller, or of this number. */
  readonly sent: readonly ContactView[];
}

export interface LiveHub {
  /** What a connector tells of a call that rings, is answered, or is over. Best effort, never throws. */
  announce(connector: string, ringing: Ringing): void;
  /** The calls this employee is to see now, the newest first. */
  present(employeeId: string): readonly LiveCall[];
  /** Calls `onChange` with the whole present state whenever it changes for this employee, until the returned function is called. */
  watch(employeeId: string, onChange: (calls: readonly LiveCall[]) => void): () => void;
}

interface Known {
  readonly normalized: string | null;
  readonly ringing: Ringing;
  readonly announcedAt: Date;
  readonly audience: Audience;
  readonly callers: readonly Caller[];
  readonly last: readonly ContactView[];
  readonly sent: readonly ContactView[];
}

/** The calls of this moment, in memory: a restart forgets them, the next announcement brings them back. */
export function createLiveHub(options: LiveOptions): LiveHub {
  const calls = new Map<string, Known>();
  const watchers = new Map<string, Set<(calls: readonly LiveCall[]) => void>>();
  // Announcements of one call are worked off in order: the end must not overtake the look-up of its beginning.
  const queues = new Map<string, Promise<void>>();

  const present = (employeeId: string) => seenBy(calls, employeeId, options.clock.now());
  const notify = (employees: ReadonlySet<string>) => {
    for (const employee of employees) for (const onChange of watchers.get(employee) ?? []) onChange(present(employee));
  };
  const take = async (id: string, connector: string, ringing: Ringing) => {
    const before = calls.get(id);
    const isHidden = ringing.outside !== null && (await options.isHidden?.(ringing.outside, connector)) === true;
    const known = isOver(ringing) || isHidden ? null : await learn(options, before, connector, ringing);
    if (known) calls.set(id, known);
    else calls.delete(id);
    const forgotten = dropForgotten(calls, options.clock.now());
    notify(new Set([...concerned(before), ...concerned(known ?? undefined), ...forgotten]));
  };
  return {
    announce(connector, ringing) {
      const id = `${connector}\0${ringing.call}`;
      const turn = (queues.get(id) ?? Promise.resolve())
        .then(() => take(id, connector, ringing))
        .catch((err: unknown) => options.log.warn({ err, connector }, 'live.announcement_lost'))
        .finally(() => {
          if (queues.get(id) === turn) queues.delete(id);
        });
      queues.set(id, turn);
    },
    present,
    watch(employeeId, onChange) {
      const set = watchers.get(employeeId) ?? new Set();
      watchers.set(employeeId, set.add(onChange));
      return () => {
        set.delete(onChange);
        if (set.size === 0 && watchers.get(employeeId) === set) watchers.delete(employeeId);
      };
    },
  };
}

async function learn(
  options: LiveOptions,
  before: Known | undefined,
  connector: string,
  ringing: Ringing,
): Promise<Known> {
  const now = options.clock.now();
  const extensions = [...ringing.rings, ...(ringing.answeredBy === null ? [] : [ringing.answeredBy])];
  const employees = await employeesAt(options.db, extensions, now);
  const audience = decideAudience(ringing, new Map(employees.map((e) => [e.extension, e.employeeId])));
  if (before && before.ringing.outside?.value === ringing.outside?.value) {
    return { ...before, ringing, announcedAt: now, audience };
  }
  const found = ringing.outside ? await options.lookup(ringing.outside, connector) : null;
  const candidates =
    found?.match.verdict === 'client' ? found.match.candidates.slice(0, 1) : (found?.match.candidates ?? []);
  const callers = await Promise.all(candidates.slice(0, 4).map((candidate) => nameCaller(options.db, candidate)));
  const named = callers.filter((caller) => caller !== null);
  const [only] = named;
  const clientId = only && named.length === 1 ? only.clientId : null;
  const normalized = found?.normalized ?? null;
  const sent = await sentToday(options, { clientId, number: normalized }, now);
  const last = clientId === null ? [] : await lastContacts(options.db, clientId, null, 3 + sent.length);
  const others = last.filter((one) => !sent.some(({ id }) => id === one.id)).slice(0, 3);
  return { normalized, ringing, announcedAt: now, audience, callers: named, last: others, sent };
}

/** As many as stand on a phone's screen with the name above them. */
const mostSent = 4;

async function sentToday(
  { db, zone }: LiveOptions,
  sender: { readonly clientId: string | null; readonly number: string | null },
  now: Date,
): Promise<readonly ContactView[]> {
  if (sender.clientId === null && sender.number === null) return [];
  return sentSince(db, sender, momentOf(wallTime(now, zone).day, '00:00', zone), mostSent);
}

async function nameCaller(db: Db, candidate: Candidate): Promise<Caller | null> {
  const card = await callerCard(db, candidate.clientId, candidate.personId);
  return card && { ...card, code: candidate.code };
}

function seenBy(calls: ReadonlyMap<string, Known>, employeeId: string, now: Date): LiveCall[] {
  return [...calls]
    .filter(([, known]) => concerned(known).includes(employeeId) && !isForgotten(known.ringing, known.announcedAt, now))
    .map(([id, known]) => ({
      id,
      state: known.audience.talking === employeeId ? ('talking' as const) : ('ringing' as const),
      outside: known.normalized ?? known.ringing.outside?.value ?? null,
      outsideName: known.ringing.outsideName,
      ours: known.ringing.ours?.value ?? null,
      since: known.ringing.since,
      callers: known.callers,
      last: known.last,
      sent: known.sent,
    }))
    .sort((a, b) => b.since.getTime() - a.since.getTime());
}

function concerned(known: Known | undefined): string[] {
  if (!known) return [];
  return known.audience.talking === null
    ? [...known.audience.ringing]
    : [...known.audience.ringing, known.audience.talking];
}

/** Employees who saw a call that was dropped because nobody ever told its end. */
function dropForgotten(calls: Map<string, Known>, now: Date): string[] {
  const forgotten = [...calls].filter(([, known]) => isForgotten(known.ringing, known.announcedAt, now));
  for (const [id] of forgotten) calls.delete(id);
  return forgotten.flatMap(([, known]) => concerned(known));
}
