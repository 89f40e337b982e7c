import type { Capture } from '../core/capture.ts';
import { CaptureFacts, factsOf, outcomeOf } from '../core/capture-json.ts';
import { Fault } from '../core/fault.ts';
import { sha256 } from '../core/hash.ts';
import { isSameJson } from '../core/same-json.ts';
import {
  type Batch,
  type CaptureRow,
  type IdentityRow,
  type MachineRow,
  movePosition,
  type NewContact,
  storeNew,
} from '../store/captures.ts';
import { clampDate, type Db, holdsLease, json, type Lease, pgSafe } from '../store/index.ts';
import {
  addContact,
  leadsElsewhere,
  lockContactsOf,
  mergeContacts,
  rewriteMachineColumns,
  storeSightings,
} from '../store/sightings.ts';
import { type Group, groupByContact, leadingCapture, tellsTheSame } from './decide.ts';
import { type Exclusions, isNeverCaptured } from './exclusions.ts';
import { normalized } from './normalize.ts';

export interface IntakeDeps {
  readonly db: Db;
  readonly newId: () => string;
  /** Of what nothing is kept; absent: there is nothing of the kind. */
  readonly exclusions?: Exclusions;
}

/** The connector on whose behalf captures are taken in. */
export interface Source {
  readonly connector: string;
  /** Two letters, to read national numbers: the trunk's, else the office's. */
  readonly region: string | null;
  /** Null where nobody else can run the connector. */
  readonly lease: Lease | null;
  /** Whose position is moved, where it is not the connector's own: a backfill's. */
  readonly place?: string;
}

/** `excluded`: somebody takes part of whom nothing is kept. */
export type Answer = 'stored' | 'duplicate' | 'excluded';

/**
 * The one function that writes contacts from captures. When it returns, everything is in PostgreSQL, the position with it.
 *
 * @returns one answer per capture, in order
 * @throws Fault intake.lease_lost (retry): another process runs the connector by now, nothing was written
 */
export async function takeIn(
  deps: IntakeDeps,
  source: Source,
  captures: readonly Capture[],
  position: string | null,
): Promise<Answer[]> {
  const exclude = (await deps.exclusions?.()) ?? [];
  const kept = captures.filter((capture) => !isNeverCaptured(capture, source.region, exclude));
  const intake: Intake = { deps, source, position, groups: groupByContact(kept), ids: new Map() };
  for (const capture of kept) intake.ids.set(capture, deps.newId());
  if (kept.length === 0 && position === null) return captures.map(() => 'excluded');
  const stored = (await makeContacts(intake)) ?? (await addToContacts(intake));
  return captures.map((capture) => {
    const id = intake.ids.get(capture);
    return id === undefined ? 'excluded' : stored.has(id) ? 'stored' : 'duplicate';
  });
}

interface Intake {
  readonly deps: IntakeDeps;
  readonly source: Source;
  readonly position: string | null;
  readonly groups: readonly Group<Capture>[];
  /** The row id of each capture, should it be stored. */
  readonly ids: Map<Capture, string>;
}

/** The usual way: everything is new. Null when an identity is known already; then nothing was written. */
async function makeContacts(intake: Intake): Promise<ReadonlySet<string> | null> {
  try {
    const stored = await storeNew(intake.deps.db, newBatch(intake));
    if (stored === null) throw leaseLost(intake.source);
    return stored;
  } catch (error) {
    if (isKnownIdentity(error)) return null;
    throw error;
  }
}

function leaseLost({ connector }: Source): Fault {
  return new Fault('intake.lease_lost', 'retry', { connector });
}

function newBatch({ deps, source, position, groups, ids }: Intake): Batch {
  const contacts: NewContact[] = [];
  const captures: CaptureRow[] = [];
  const identities: IdentityRow[] = [];
  for (const group of groups) {
    const lead = leadingCapture(group.captures);
    if (!lead) continue;
    const id = deps.newId();
    const rows = group.captures.map((capture) => captureRow(ids, capture, id));
    const leading = rows[group.captures.indexOf(lead)];
    if (leading) contacts.push({ ...machineColumns(id, lead, source.region), leading });
    captures.push(...rows);
    identities.push(...group.links.map((link) => ({ identity: sha256(link), contactId: id })));
  }
  const { connector, lease } = source;
  return { connector, epoch: lease?.epoch ?? null, position, captures, contacts, identities };
}

/** The rare way: somebody of the batch tells of a contact that stands already (a late leg, a second connector's sighting). */
async function addToContacts(intake: Intake): Promise<ReadonlySet<string>> {
  const { deps, source, position, groups } = intake;
  for (let attempt = 1; ; attempt++) {
    try {
      return await deps.db.transaction(async (tx) => {
        if (source.lease && !(await holdsLease(tx, source.lease))) throw leaseLost(source);
        const stored = new Set<string>();
        for (const group of groups) for (const id of await addGroup(intake, tx, group)) stored.add(id);
        if (position !== null) await movePosition(tx, source.connector, position);
        return stored;
      });
    } catch (error) {
      // Another connector made the contact between our look and our insert: look again.
      if (!isKnownIdentity(error) || attempt >= 5) throw error;
    }
  }
}

async function addGroup({ deps, source, ids }: Intake, tx: Db, group: Group<Capture>): Promise<string[]> {
  const lead = leadingCapture(group.captures);
  if (!lead) return [];
  const identities = group.links.map(sha256);
  const known = await lockContactsOf(tx, identities);
  const [first, ...others] = known.filter(({ facts }) => tellsTheSame(lead, CaptureFacts.parse(facts)));
  const contactId = first?.id ?? deps.newId();
  if (!first) await addContact(tx, source.connector, machineRow(contactId, factsOf(lead), source.region));
  const rows = group.captures.map((capture) => captureRow(ids, capture, contactId));
  const stored = await storeSightings(tx, source.connector, rows, contactId, identities);
  if (!first) {
    const others = [contactId, ...known.map(({ id }) => id)];
    if (await leadsElsewhere(tx, identities, others)) throw new Fault('store.duplicate', 'retry', {});
  }
  for (const other of others) await mergeContacts(tx, contactId, other.id);
  if (stored.length === 0 && others.length === 0) return [];
  const told = [first, ...others].flatMap((one) => one?.captures ?? []).map((facts) => CaptureFacts.parse(facts));
  const added = group.captures.filter((capture) => stored.includes(ids.get(capture) ?? '')).map(factsOf);
  const leading = leadingCapture([...told, ...added]);
  if (!leading) return stored;
  const row = machineRow(contactId, leading, source.region);
  // A copy mostly tells nothing new: what stands is what was decided about.
  const isNew = first === undefined || others.length > 0 || !isSameJson(JSON.parse(row.facts), first.facts);
  if (isNew) await rewriteMachineColumns(tx, row);
  return stored;
}

function isKnownIdentity(error: unknown): boolean {
  return error instanceof Fault && error.code === 'store.duplicate';
}

function captureRow(ids: ReadonlyMap<Capture, string>, capture: Capture, contactId: string): CaptureRow {
  return {
    id: ids.get(capture) ?? '',
    key: sha256(`${capture.identity}\n${capture.revision}`),
    channel: capture.channel,
    revision: capture.revision,
    facts: json(factsOf(capture)),
    evidence: pgSafe(capture.evidence),
    contactId,
  };
}

function machineRow(id: string, facts: CaptureFacts, region: string | null): MachineRow {
  return { ...machineColumns(id, facts, region), facts: json(facts) };
}

function machineColumns(id: string, facts: CaptureFacts, region: string | null): Omit<MachineRow, 'facts'> {
  const { outside } = facts;
  const startedAt = clampDate(facts.occurredAt) ?? new Date(0);
  return {
    id,
    channel: facts.channel,
    direction: facts.direction,
    outcome: outcomeOf(facts.details),
    startedAt,
    endedAt: clampDate(facts.endedAt) ?? startedAt,
    outsideKind: outside?.kind ?? null,
    outside: outside === null ? null : pgSafe(outside.value),
    outsideNorm: outside === null ? null : normalized(outside, region),
    outsideName: facts.outsideName === null ? null : pgSafe(facts.outsideName),
    asks: facts.asks,
    thread: facts.details.channel === 'email' ? facts.details.mail.thread : null,
  };
}
