import { Fault } from '../../core/fault.ts';
import type { Db } from '../../store/base/db.ts';
import { orWithdraw } from '../../store/base/withdraw.ts';
import { lockContactValues, privateAmong, writeContactValues } from '../../store/contacts/fields.ts';
import { sumUpMoves } from '../../store/directory/client-moves.ts';
import { lockDirectory } from '../../store/directory/employees-and-clients.ts';
import { lockValues, restoreValues } from '../../store/directory/fields.ts';
import {
  type Change,
  type ChangeLog,
  type ChangeVia,
  changeLog,
  describeChangeSet,
} from '../../store/history/change-log.ts';
import {
  changedByOthers,
  changesToUndo,
  instantNow,
  type LoggedChange,
  type Source,
  sourceSet,
  usesSince,
} from '../../store/history/roll-back.ts';
import { absorb } from '../merge/run.ts';
import { type Around, type Conflict, decideRollBack, type Left, type Step, type Uses, type Values } from './decide.ts';

export interface RollBackOrder {
  readonly source: Source;
  readonly by: { readonly authorId: string | null; readonly via: ChangeVia };
  /** A person has seen what stands there now and wants it overwritten. */
  readonly confirms: (conflict: Conflict) => boolean;
}

export interface RolledBack {
  /** The set that took it back; null: there was nothing to take back. */
  readonly setId: string | null;
  /** Changes taken back, by what they are of. */
  readonly taken: Readonly<Record<string, number>>;
  /** What stays as it is, at most `mostTold` of them. */
  readonly conflicts: readonly Conflict[];
  readonly left: number;
  /** All that stays. */
  readonly all: readonly Conflict[];
  /** Only the newest changes were looked at: there are more. */
  readonly isPart: boolean;
}

/** Changes per round trip. */
const batchSize = 4000;
const mostTold = 15;
/** A look goes over so many changes at most; what it did not show is not overwritten either. */
const mostLookedAt = 12_000;

/**
 * Takes a set of changes back, or one change: in one transaction, as a set of its own, which can be taken back like any
 * other. Nothing that was changed later is overwritten unless confirmed.
 */
export function rollBack(db: Db, order: RollBackOrder): Promise<RolledBack> {
  return db.transaction((tx) => work(tx, order, Number.POSITIVE_INFINITY));
}

/** What a roll-back would do: it is done and not kept. Nothing changes. */
export function lookAtRollBack(db: Db, source: Source): Promise<RolledBack> {
  const order = { source, by: { authorId: null, via: 'machine' }, confirms: () => false } as const;
  return orWithdraw(db, async (tx, withdraw) => withdraw(await work(tx, order, mostLookedAt)));
}

interface Running {
  readonly tx: Db;
  readonly setId: string | null;
  readonly isLookBack: boolean;
  readonly log: ChangeLog;
  readonly at: string;
  readonly left: Left;
  /** What others changed since, and what they use of what the set made. */
  readonly touched: ReadonlyMap<string, number>;
  readonly asked: Set<string>;
  readonly uses: Map<string, Uses>;
  readonly confirms: RollBackOrder['confirms'];
  readonly taken: Record<string, number>;
  readonly conflicts: Conflict[];
  /** Clients that are merged (again) by this, and into whom. */
  readonly merged: Map<string, string>;
}

async function work(tx: Db, { source, by, confirms }: RollBackOrder, most: number): Promise<RolledBack> {
  const { setId, kind } = await sourceSet(tx, source);
  // Imports take turns, and so does what undoes them; a correction by hand does not wait for one.
  if (kind !== null && kind !== 'edit') await lockDirectory(tx);
  const head = { kind: 'rollback', ...by, label: null, ...(setId === null ? {} : { undoes: setId }) } as const;
  const running: Running = {
    tx,
    setId,
    isLookBack: kind === 'rematch',
    log: changeLog(tx, head),
    at: await instantNow(tx),
    left: { fields: new Set() },
    touched: await changedByOthers(tx, setId),
    asked: new Set(),
    uses: new Map(),
    confirms,
    taken: {},
    conflicts: [],
    merged: new Map(),
  };
  let seen = 0;
  let before: string | null = null;
  for (;;) {
    const rows: readonly LoggedChange[] = await changesToUndo(tx, source, before, batchSize);
    await takeBack(running, rows);
    seen += rows.length;
    before = rows.at(-1)?.id ?? null;
    if (rows.length < batchSize || seen >= most) break;
  }
  const { set } = running.log;
  // What came to a client between the undoing of a merge and this goes with it.
  if (set !== null) for (const [from, into] of running.merged) await absorb(tx, set, { from, into, at: running.at });
  if (set !== null) await describeChangeSet(tx, set.id, { ...running.taken, left: running.conflicts.length });
  if (set !== null && running.isLookBack) await sumUpMoves(tx, set.id);
  return {
    setId: set?.id ?? null,
    taken: running.taken,
    conflicts: running.conflicts.slice(0, mostTold),
    left: running.conflicts.length,
    all: running.conflicts,
    isPart: seen >= most,
  };
}

/** A batch as a whole; where a unique rule of the database refuses it, one thing after the other. */
async function takeBack(running: Running, rows: readonly LoggedChange[]): Promise<void> {
  if (rows.length === 0) return;
  const around = await surroundings(running, rows);
  const { steps, conflicts } = decideRollBack(rows, around, running.confirms, running.left);
  running.conflicts.push(...conflicts);
  try {
    await running.tx.transaction((part) => write(part, steps));
  } catch (error) {
    if (!isTaken(error)) throw error;
    return oneByOne(running, steps);
  }
  await record(running, steps);
}

async function oneByOne(running: Running, steps: readonly Step[]): Promise<void> {
  const things = new Map<string, Step[]>();
  for (const step of steps) things.set(step.row.entityId, [...(things.get(step.row.entityId) ?? []), step]);
  for (const own of things.values()) {
    try {
      await running.tx.transaction((part) => write(part, own));
    } catch (error) {
      if (!isTaken(error)) throw error;
      const [first] = own;
      if (first !== undefined) {
        running.conflicts.push({ reason: 'taken', row: first.row, now: first.from ?? null, uses: null });
      }
      for (const { row } of own) running.left.fields.add(`${row.entityId} ${row.field}`);
      continue;
    }
    await record(running, own);
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Fault && error.code === 'store.duplicate';
}

const entities = ['client', 'person', 'contact_point', 'employee'] as const;

async function surroundings(running: Running, rows: readonly LoggedChange[]): Promise<Around> {
  const idsOf = (entity: string) => [
    ...new Set(rows.filter((row) => row.entity === entity).map((row) => row.entityId)),
  ];
  const now = new Map<string, Values>();
  for (const entity of entities) {
    for (const [id, values] of await lockValues(running.tx, entity, idsOf(entity))) now.set(id, { ...values });
  }
  for (const [id, values] of await lockContactValues(running.tx, idsOf('contact'))) now.set(id, { ...values });
  const made = [
    ...rows.flatMap(({ hangsOn }) => hangsOn),
    ...rows.filter(({ field }) => field === 'created').map(({ entity, entityId }) => ({ entity, id: entityId })),
  ];
  // A client is asked about once, not again with each of his numbers.
  const isNew = (one: { readonly id: string }) => !running.asked.has(one.id);
  const of = (entity: string) => [
    ...new Set(made.filter((one) => one.entity === entity && isNew(one)).map(({ id }) => id)),
  ];
  const asked = {
    clients: of('client'),
    people: of('person'),
    employees: of('employee'),
    points: of('contact_point'),
    contacts: of('contact'),
  };
  const found = await usesSince(running.tx, running.setId, asked, running.touched);
  for (const { id } of made) running.asked.add(id);
  for (const [id, uses] of found) running.uses.set(id, uses);
  const { uses, at, isLookBack } = running;
  const hidden = new Set(await privateAmong(running.tx, idsOf('contact')));
  return { now, uses, at, isLookBack, hidden };
}

/** Clients first: a contact that goes back to its client must find him standing for himself. */
async function write(tx: Db, steps: readonly Step[]): Promise<void> {
  for (const entity of entities) await restoreValues(tx, entity, writesOf(steps, entity));
  await writeContactValues(tx, writesOf(steps, 'contact'));
}

/** Of several steps of one field the last counts. */
function writesOf(steps: readonly Step[], entity: string): { id: string; values: Record<string, unknown> }[] {
  const writes = new Map<string, Record<string, unknown>>();
  for (const { row, field, to, isNote } of steps) {
    if (row.entity !== entity || isNote) continue;
    const values = writes.get(row.entityId) ?? {};
    values[field] = to;
    writes.set(row.entityId, values);
  }
  return [...writes].map(([id, values]) => ({ id, values }));
}

async function record(running: Running, steps: readonly Step[]): Promise<void> {
  await running.log.record(
    steps.map(
      ({ row, field, from, to }): Change => ({
        entity: entityOf(row.entity),
        entityId: row.entityId,
        clientId: row.clientId,
        field,
        old: from ?? null,
        new: to ?? null,
        undoes: row.id,
      }),
    ),
  );
  for (const { row, field, to, isNote } of steps) {
    if (!isNote) running.taken[row.entity] = (running.taken[row.entity] ?? 0) + 1;
    if (field !== 'mergedInto') continue;
    if (typeof to === 'string') running.merged.set(row.entityId, to);
    else running.merged.delete(row.entityId);
  }
}

function entityOf(entity: string): Change['entity'] {
  const known = ['contact', ...entities] as const;
  const found = known.find((one) => one === entity);
  if (found === undefined) throw new RangeError(`no way to write a ${entity}`);
  return found;
}
