import type { Capture } from '../core/contact/capture.ts';
import { sha256 } from '../core/hash.ts';
import type { Db, Lease } from '../store/index.ts';
import { type Batch, type CaptureRow, type IdentityRow, type NewContact, storeNew } from '../store/intake/captures.ts';
import { groupByContact, leadingCapture } from './decide.ts';
import { type Exclusions, isNeverCaptured } from './exclusions.ts';
import { captureRow, machineColumns } from './rows.ts';
import { addToContacts, type Intake, isKnownIdentity, leaseLost } from './sighted.ts';

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
 * @param first which way is tried first: `sighted` where some are known to tell of contacts that stand already
 * @returns one answer per capture, in order
 * @throws Fault intake.lease_lost (retry): another process runs the connector by now, nothing was written
 */
export async function takeIn(
  deps: IntakeDeps,
  source: Source,
  captures: readonly Capture[],
  position: string | null,
  first: 'new' | 'sighted' = 'new',
): Promise<Answer[]> {
  const exclude = (await deps.exclusions?.()) ?? [];
  const kept = captures.filter((capture) => !isNeverCaptured(capture, source.region, exclude));
  const ids = new Map(kept.map((capture) => [capture, deps.newId()]));
  const intake: Intake = { deps, source, position, groups: groupByContact(kept), ids };
  if (kept.length === 0 && position === null) return captures.map(() => 'excluded');
  const stored = (first === 'new' ? await makeContacts(intake) : null) ?? (await addToContacts(intake));
  return captures.map((capture) => {
    const id = ids.get(capture);
    return id === undefined ? 'excluded' : stored.has(id) ? 'stored' : 'duplicate';
  });
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
