import type { Capture } from '../core/contact/capture.ts';
import { CaptureFacts, factsOf } from '../core/contact/capture-json.ts';
import { Fault } from '../core/fault.ts';
import { sha256 } from '../core/hash.ts';
import { isSameJson } from '../core/same-json.ts';
import { type Db, holdsLease, type Lease } from '../store/index.ts';
import { movePosition } from '../store/intake/captures.ts';
import {
  addContact,
  type KnownContact,
  leadsElsewhere,
  lockContactsOf,
  mergeContacts,
  rewriteMachineColumns,
  storeSightings,
} from '../store/intake/sightings.ts';
import { type Group, leadingCapture, tellsTheSame } from './decide.ts';
import { captureRow, machineRow } from './rows.ts';

/** A batch on its way into the database. */
export interface Intake {
  readonly deps: { readonly db: Db; readonly newId: () => string };
  readonly source: { readonly connector: string; readonly region: string | null; readonly lease: Lease | null };
  readonly position: string | null;
  readonly groups: readonly Group<Capture>[];
  /** The row id of each capture, should it be stored. */
  readonly ids: ReadonlyMap<Capture, string>;
}

/**
 * The rarer way: somebody of the batch tells of a contact that stands already (a late leg, a copy of a mail, a second
 * connector's sighting). @returns ids of the captures stored
 */
export async function addToContacts(intake: Intake): Promise<ReadonlySet<string>> {
  const { deps, source, position, groups } = intake;
  for (let attempt = 1; ; attempt++) {
    try {
      return await deps.db.transaction(async (tx) => {
        if (source.lease && !(await holdsLease(tx, source.lease))) throw leaseLost(source);
        const { copies, others } = await lookUp(tx, groups);
        const stored = new Set(await addCopies(intake, tx, copies));
        for (const group of others) for (const id of await addGroup(intake, tx, group)) stored.add(id);
        if (position !== null) await movePosition(tx, source.connector, position);
        return stored;
      });
    } catch (error) {
      // Another connector made the contact between our look and our insert: look again.
      if (!isKnownIdentity(error) || attempt >= 5) throw error;
    }
  }
}

export function leaseLost({ connector }: Pick<Intake['source'], 'connector'>): Fault {
  return new Fault('intake.lease_lost', 'retry', { connector });
}

export function isKnownIdentity(error: unknown): boolean {
  return error instanceof Fault && error.code === 'store.duplicate';
}

/** A group that tells of one contact, of which nobody else of the batch tells: all of these go in together. */
interface Copy {
  readonly group: Group<Capture>;
  readonly contact: KnownContact;
}

/** Locks all contacts the batch leads to, in one order, and sorts out which groups are mere copies. */
async function lookUp(
  tx: Db,
  groups: readonly Group<Capture>[],
): Promise<{ readonly copies: readonly Copy[]; readonly others: readonly Group<Capture>[] }> {
  const hashed = groups.map(({ links }) => links.map(sha256));
  const known = await lockContactsOf(tx, hashed.flat());
  const byIdentity = new Map(known.flatMap((contact) => contact.identities.map((id) => [id, contact] as const)));
  const told = groups.map((group, i) => {
    const led = new Set((hashed[i] ?? []).flatMap((hash) => byIdentity.get(hash.toString('hex')) ?? []));
    return theSame(group, [...led]);
  });
  const times = new Map<KnownContact, number>();
  for (const contact of told.flat()) times.set(contact, (times.get(contact) ?? 0) + 1);
  const copies: Copy[] = [];
  const others: Group<Capture>[] = [];
  groups.forEach((group, i) => {
    const [contact, ...more] = told[i] ?? [];
    if (contact !== undefined && more.length === 0 && times.get(contact) === 1) copies.push({ group, contact });
    else others.push(group);
  });
  return { copies, others };
}

function theSame({ captures }: Group<Capture>, contacts: readonly KnownContact[]): readonly KnownContact[] {
  const lead = leadingCapture(captures);
  return lead === undefined ? [] : contacts.filter(({ facts }) => tellsTheSame(lead, CaptureFacts.parse(facts)));
}

async function addCopies(intake: Intake, tx: Db, copies: readonly Copy[]): Promise<readonly string[]> {
  if (copies.length === 0) return [];
  const { source, ids } = intake;
  const rows = copies.flatMap(({ group, contact }) => group.captures.map((one) => captureRow(ids, one, contact.id)));
  const identities = copies.flatMap(({ group, contact }) =>
    group.links.map((link) => ({ identity: sha256(link), contactId: contact.id })),
  );
  const stored = await storeSightings(tx, source.connector, rows, identities);
  for (const { group, contact } of copies) await retell(intake, tx, group, [contact], contact.id, stored);
  return stored;
}

async function addGroup(intake: Intake, tx: Db, group: Group<Capture>): Promise<readonly string[]> {
  const { deps, source, ids } = intake;
  const lead = leadingCapture(group.captures);
  if (!lead) return [];
  const identities = group.links.map(sha256);
  const known = await lockContactsOf(tx, identities);
  const told = theSame(group, known);
  const [first, ...others] = told;
  const contactId = first?.id ?? deps.newId();
  if (!first) await addContact(tx, source.connector, machineRow(contactId, factsOf(lead), source.region));
  const rows = group.captures.map((capture) => captureRow(ids, capture, contactId));
  const ours = identities.map((identity) => ({ identity, contactId }));
  const stored = await storeSightings(tx, source.connector, rows, ours);
  if (!first) {
    const all = [contactId, ...known.map(({ id }) => id)];
    if (await leadsElsewhere(tx, identities, all)) throw new Fault('store.duplicate', 'retry', {});
  }
  for (const other of others) await mergeContacts(tx, contactId, other.id);
  await retell(intake, tx, group, told, contactId, stored);
  return stored;
}

/** Rebuilds what the machine says of a contact, from what was known of it and what was stored now. */
async function retell(
  { source, ids }: Intake,
  tx: Db,
  group: Group<Capture>,
  known: readonly KnownContact[],
  contactId: string,
  stored: readonly string[],
): Promise<void> {
  const added = group.captures.filter((capture) => stored.includes(ids.get(capture) ?? '')).map(factsOf);
  if (added.length === 0 && known.length < 2) return;
  const told = known.flatMap(({ captures }) => captures).map((facts) => CaptureFacts.parse(facts));
  const leading = leadingCapture([...told, ...added]);
  if (!leading) return;
  const row = machineRow(contactId, leading, source.region);
  // A copy mostly tells nothing new: what stands is what was decided about.
  const isNew = known.length !== 1 || !isSameJson(JSON.parse(row.facts), known[0]?.facts);
  if (isNew) await rewriteMachineColumns(tx, row);
}
