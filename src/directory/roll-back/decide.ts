import { isSameJson } from '../../core/same-json.ts';

/** A change that is to be taken back, as the change log holds it. */
export interface UndoRow {
  readonly id: string;
  readonly entity: string;
  readonly entityId: string;
  readonly clientId: string | null;
  /** `created`, `merged` (a note without a column), or the name of a field. */
  readonly field: string;
  readonly old: unknown;
  readonly new: unknown;
  /** Things that the same set made before and without which this says nothing: itself, its client, its person. */
  readonly hangsOn: readonly { readonly id: string }[];
}

/** What others have done since with a thing that the set made. */
export interface Uses {
  readonly contacts: number;
  readonly things: number;
  readonly edits: number;
}

export type Values = Readonly<Record<string, unknown>>;

/** What is true when it is decided. */
export interface Around {
  /** The values of every row named, by its id; one that is not there is gone. */
  readonly now: ReadonlyMap<string, Values>;
  readonly uses: ReadonlyMap<string, Uses>;
  /** The moment of the roll-back, as change rows write it. */
  readonly at: string;
  /** A look back of the machine is taken back: the client it found is then one that a person refused. */
  readonly isLookBack: boolean;
  /** Contacts that are private: whose they are goes back with the rest, what was written stays, and neither is shown. */
  readonly hidden: ReadonlySet<string>;
}

/**
 * Why a change is not simply taken back: `changed`: somebody wrote something else since; `used`: what was made then is in use;
 * `taken`: what it was is somebody else's now; `unknown`: nobody knows how to take such a thing back.
 */
export interface Conflict {
  readonly reason: 'changed' | 'used' | 'taken' | 'unknown';
  readonly row: UndoRow;
  /** What stands there now. */
  readonly now: unknown;
  readonly uses: Uses | null;
}

/** One field that gets its old value again. `isNote`: it stands in the log alone. */
export interface Step {
  readonly row: UndoRow;
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly isNote: boolean;
}

/** What earlier batches of the same roll-back left as it is: the older changes of the same field are left with it. */
export interface Left {
  readonly fields: Set<string>;
}

export interface Decided {
  readonly steps: readonly Step[];
  /** What stays as it is, and why; not what hangs on it. */
  readonly conflicts: readonly Conflict[];
}

/**
 * Takes changes back, the newest first. A field goes back only where it still says what the change made of it, or where a
 * person has seen what it says now and confirms. What says already what it said before needs nothing. A thing that the set
 * made and others use stays with everything the set gave it: a client without his numbers would be half a client.
 */
export function decideRollBack(
  rows: readonly UndoRow[],
  around: Around,
  confirms: (conflict: Conflict) => boolean,
  left: Left,
): Decided {
  const steps: Step[] = [];
  const conflicts: Conflict[] = [];
  const now = new Map([...around.now].map(([id, values]) => [id, new Map(Object.entries(values))]));
  const stays = ({ id }: { readonly id: string }) => {
    const uses = around.uses.get(id);
    return uses !== undefined && !confirms(usedBy(rows, id, uses));
  };
  for (const row of rows) {
    const key = `${row.entityId} ${row.field}`;
    if (left.fields.has(key)) continue;
    const isHidden = around.hidden.has(row.entityId);
    if (isHidden && row.field !== 'client') continue;
    const values = now.get(row.entityId);
    const found = conflictOf(row, values, around);
    if (found === 'same' || row.hangsOn.some(stays)) continue;
    if (isHidden && found !== null) {
      left.fields.add(key);
      continue;
    }
    if (found !== null && (found.reason === 'unknown' || !confirms(found))) {
      conflicts.push(found);
      left.fields.add(key);
      continue;
    }
    for (const step of stepsOf(row, values, around)) {
      steps.push(step);
      if (!step.isNote) values?.set(step.field, step.to);
    }
  }
  return { steps, conflicts };
}

/** The question about a thing that is asked before its own row is reached. */
function usedBy(rows: readonly UndoRow[], id: string, uses: Uses): Conflict {
  const row = rows.find((one) => one.entityId === id && one.field === 'created');
  const unread = { id: '', entity: '', clientId: null, old: null, new: null, hangsOn: [] };
  return { reason: 'used', row: row ?? { ...unread, entityId: id, field: 'created' }, now: null, uses };
}

const notes: readonly string[] = ['merged'];

function conflictOf(row: UndoRow, values: ReadonlyMap<string, unknown> | undefined, around: Around) {
  const conflict = (reason: Conflict['reason'], now: unknown, uses: Uses | null): Conflict => ({
    reason,
    row,
    now,
    uses,
  });
  if (notes.includes(row.field)) return null;
  if (values === undefined) return conflict('unknown', null, null);
  if (row.field === 'created') {
    const uses = around.uses.get(row.entityId) ?? null;
    if (isGone(row.entity, values)) return 'same';
    return uses === null ? null : conflict('used', null, uses);
  }
  if (!values.has(row.field)) return conflict('unknown', null, null);
  const now = values.get(row.field);
  if (isSameJson(now, row.new)) return isSameJson(row.old, row.new) ? 'same' : null;
  return isSameJson(now, row.old) || isSameJson(now, goesBackTo(row, around)) ? 'same' : conflict('changed', now, null);
}

function isGone(entity: string, values: ReadonlyMap<string, unknown>): boolean {
  switch (entity) {
    case 'contact_point':
      return isSameJson(values.get('since'), values.get('until'));
    case 'employee':
      return values.get('active') === false;
    case 'contact':
      return values.get('state') === 'dismissed';
    default:
      return values.get('removed') !== null;
  }
}

/** Nothing is deleted: what was made is gone from now on, a number was never anybody's. */
function stepsOf(row: UndoRow, values: ReadonlyMap<string, unknown> | undefined, around: Around): Step[] {
  const step = (field: string, to: unknown): Step => ({ row, field, from: values?.get(field), to, isNote: false });
  if (notes.includes(row.field)) return [{ row, field: row.field, from: row.new, to: row.old, isNote: true }];
  if (row.field !== 'created') return [step(row.field, goesBackTo(row, around))];
  switch (row.entity) {
    case 'contact_point':
      return [step('until', values?.get('since'))];
    case 'employee':
      return [step('active', false)];
    case 'contact':
      return [step('state', 'dismissed'), step('dismissReason', 'taken-back')];
    default:
      return [step('removed', around.at)];
  }
}

/** What the machine found and a person took back, the machine must not find again: it becomes his choice, "none" included. */
function goesBackTo(row: UndoRow, { isLookBack }: Around): unknown {
  if (!isLookBack || row.entity !== 'contact' || row.field !== 'client') return row.old;
  return { id: null, personId: null, ...Object(row.old), byHand: true };
}

/** Who may take a set back: supervisors every one; everybody what he himself entered by hand. */
export function mayRollBack(
  visitor: { readonly id: string; readonly role: string },
  set: { readonly kind: string; readonly authorId: string | null; readonly isForSupervisors: boolean },
): boolean {
  if (visitor.role === 'supervisor') return true;
  return (set.kind === 'edit' || set.kind === 'rollback') && set.authorId === visitor.id && !set.isForSupervisors;
}
