import { type CallOutcome, callOutcomes } from '../core/contact/call.ts';
import { addressesOf, type Participants, participantsOf } from '../core/contact/participants.ts';
import { Fault } from '../core/fault.ts';
import type { Db } from '../store/base/db.ts';
import {
  type Assignment,
  type ContactToAssign,
  closeMissedBefore,
  colleaguesAt,
  firstReachedAfter,
  lockToAssign,
  openDraftOfThread,
  takeTurns,
  writeAssignment,
} from '../store/deciding/decisions.ts';
import { employeesAt } from '../store/deciding/matching.ts';
import { type ContactFacts, decideState, settleState, wasMissed, wasReached } from './decide.ts';
import { type Colleague, decideOwner, type Handlers, type OwnerDecision, type OwnerPolicy } from './owner.ts';

/** What assigning has to know of the office. */
export interface AssignOffice {
  /** ISO 3166; null: only international numbers can be compared. */
  readonly region: string | null;
  /** The region of the trunk behind a connector, null: the office's. */
  regionOf(connector: string): string | null;
  readonly extensions: Pick<RegExp, 'test'>;
  readonly policy: OwnerPolicy;
  /** Employee id; null: the connector has no default owner. */
  defaultOwnerOf(connector: string): string | null;
  /** By when an answer is owed; null: no rule speaks of that time. */
  dueAt(receivedAt: Date): Date | null;
}

export interface Assigned {
  readonly owner: OwnerDecision;
  readonly state: ContactToAssign['state'];
  readonly callBack: boolean;
  /** A prompt was ordered. */
  readonly asked: boolean;
  /** Earlier missed calls that this contact closed. */
  readonly closed: readonly string[];
}

/**
 * Decides who owns the contact, whether he is asked, by when an answer is owed, and which missed calls are settled; stores
 * it and orders the prompt. After `matchContact`, in the same transaction. Again as often as wanted: a second time orders no
 * second prompt, and what people decided stands. Null when the contact is gone or part of another.
 *
 * @param options.asks false: of the past, nobody is asked anew whatever changes
 * @throws Fault directory.nobody (reconfigure): the office has no employee who could own it
 */
export function assignContact(
  db: Db,
  contactId: string,
  office: AssignOffice,
  { asks = true }: { readonly asks?: boolean } = {},
): Promise<Assigned | null> {
  return db.transaction(async (tx) => {
    const contact = await lockToAssign(tx, contactId);
    if (contact === null) return null;
    await takeTurns(tx, keysOf(contact));
    // Once joined it stays so: a copy that comes when the draft is completed long since must not ask again.
    const joinedTo =
      contact.joinedTo ?? (contact.touched || contact.prompted ? null : await openDraftOfThread(tx, contact));
    const facts = factsOf(contact, joinedTo !== null);
    const { owner, ...assignment } = assignmentOf(contact, office, asks, {
      joinedTo,
      reachedBy: wasMissed(facts) ? (contact.reachedBy ?? (await firstReachedAfter(tx, contact))) : null,
      colleagues: colleaguesHere(await colleaguesAt(tx, contact.endedAt), contact.endedAt),
      ours: await employeesAt(tx, addressesOf(peopleOf(contact, office)), contact.startedAt),
    });
    await writeAssignment(tx, assignment);
    const { state, callBack, ask } = assignment;
    const closed = wasReached(facts) ? await closeMissedBefore(tx, contact) : [];
    return { owner, state, callBack, asked: ask, closed };
  });
}

/** What deciding depends on beside the contact. */
export interface Surroundings {
  /** The draft of its thread that is asked about instead. */
  readonly joinedTo: string | null;
  /** The call after a missed one that reached somebody. */
  readonly reachedBy: string | null;
  readonly colleagues: readonly (Colleague & { readonly isDuty: boolean })[];
  /** Who of us had the addresses of the contact when it began. */
  readonly ours: readonly { readonly address: string; readonly employeeId: string }[];
}

/** @throws Fault directory.nobody */
export function assignmentOf(
  contact: ContactToAssign,
  office: AssignOffice,
  asks: boolean,
  around: Surroundings,
): Assignment & { readonly owner: OwnerDecision } {
  const { joinedTo, reachedBy } = around;
  const facts = factsOf(contact, joinedTo !== null);
  const owner = ownerOf(contact, facts, office, around);
  const decided = decideState(facts, contact.called.call?.voicemail != null);
  const waits = contact.touched ? contact.callBack && wasMissed(facts) : decided.callBack;
  const isOpen = reachedBy === null || !decided.callBack;
  const state = settleState(contact, isOpen ? decided.state : 'bare');
  // Whoever has the link keeps the draft: a late leg moves it to nobody who was not asked.
  const keepsOwner = contact.touched || contact.prompted || !['draft', 'bare'].includes(contact.state);
  return {
    contactId: contact.id,
    owner,
    joinedTo: state === 'bare' && facts.joins ? joinedTo : null,
    ownerId: keepsOwner ? contact.ownerId : owner.ownerId,
    state,
    callBack: waits && reachedBy === null,
    reachedBy,
    dueAt: isOpen && decided.state === 'draft' ? office.dueAt(contact.startedAt) : null,
    ask: asks && state === 'draft' && !contact.touched && !contact.prompted,
  };
}

function ownerOf(
  contact: ContactToAssign,
  facts: ContactFacts,
  office: AssignOffice,
  { colleagues, ours }: Surroundings,
): OwnerDecision {
  const duty = colleagues.find(({ isDuty }) => isDuty);
  if (duty === undefined) {
    throw new Fault('directory.nobody', 'reconfigure', { cure: 'name at least one employee in people.csv' });
  }
  return decideOwner({
    handlers: handlersOf(peopleOf(contact, office), ours),
    missed: wasMissed(facts),
    addressed: facts.channel === 'email' && facts.direction === 'inbound' && !contact.forwarded,
    responsibleId: contact.responsibleId,
    defaultId: office.defaultOwnerOf(contact.connector),
    dutyId: duty.id,
    policy: office.policy,
    at: contact.endedAt,
    colleagues: new Map(colleagues.map((one) => [one.id, one])),
  });
}

/** Who is absent at that moment, as an absence. */
function colleaguesHere(rows: Awaited<ReturnType<typeof colleaguesAt>>, at: Date): Surroundings['colleagues'] {
  const now = [{ since: at, until: new Date(at.getTime() + 1) }];
  return rows.map((row) => ({ ...row, absences: row.isAbsent ? now : [] }));
}

/** Whom the contact names: by extension, by a mobile of ours that took a forwarded call, by mailbox. */
export function peopleOf(contact: Pick<ContactToAssign, 'connector' | 'called'>, office: AssignOffice): Participants {
  return participantsOf(contact.called, office.extensions, office.regionOf(contact.connector) ?? office.region);
}

/** Who of ours took part. */
function handlersOf(people: Participants, rows: Surroundings['ours']): Handlers {
  // An extension two people share is nobody's: the responsible or the duty employee is asked, never all of them.
  const ours = (address: string | null): string | null => {
    const [id, ...others] = new Set(rows.filter((row) => row.address === address).map(({ employeeId }) => employeeId));
    return others.length === 0 ? (id ?? null) : null;
  };
  const known = (addresses: readonly string[]) => addresses.map(ours).filter((id) => id !== null);
  return {
    talks: people.talks.flatMap(({ address, seconds }) => {
      const employeeId = ours(address);
      return employeeId === null ? [] : [{ employeeId, seconds }];
    }),
    lastTalkedTo: ours(people.lastTalkedTo),
    named: known(people.named),
    rang: known(people.rang),
  };
}

function factsOf(contact: ContactToAssign, joins: boolean): ContactFacts {
  return {
    channel: contact.channel,
    direction: contact.direction,
    outcome: outcomeOf(contact.outcome),
    talkSeconds: contact.called.call?.talkSeconds ?? 0,
    reachable: contact.outsideNorm !== null,
    asks: contact.asks,
    automatic: contact.automatic,
    ofNobody: contact.ofNobody,
    joins,
  };
}

function outcomeOf(text: string | null): CallOutcome | null {
  return callOutcomes.find((known) => known === text) ?? null;
}

/** Decisions about contacts that share one of these take turns. */
export function keysOf({
  outsideNorm,
  clientId,
  thread,
}: Pick<ContactToAssign, 'outsideNorm' | 'clientId' | 'thread'>): readonly string[] {
  return [outsideNorm, clientId, thread].filter((key) => key !== null);
}
