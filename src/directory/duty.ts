import { Fault } from '../core/fault.ts';
import type { Db } from '../store/base/db.ts';
import {
  employees,
  lockDirectory,
  pointsOf,
  type StoredEmployee,
  writeDuty,
} from '../store/directory/employees-and-clients.ts';
import { isCalled } from './files/import-people.ts';

/**
 * Names the employee who owns what nobody else does: the one of `office.duty`, else the first supervisor, else the first
 * person. Returns his id. `isGone`: the one of `office.duty` is no longer with us, and it is the next in line.
 *
 * @param written `office.duty`: a name, an e-mail or an extension; null: not set
 * @throws Fault directory.nobody, directory.duty_unknown (reconfigure)
 */
export function setDuty(db: Db, written: string | null): Promise<{ readonly id: string; readonly isGone: boolean }> {
  return db.transaction(async (tx) => {
    await lockDirectory(tx);
    const decided = decideDuty(await calledEmployees(tx), written);
    await writeDuty(tx, decided.id);
    return decided;
  });
}

/** The employee people call so, by name, e-mail or extension; null when nobody or several are. */
export async function findEmployee(db: Db, written: string): Promise<string | null> {
  const [one, ...others] = await employeesCalled(db, written);
  return one === undefined || others.length > 0 ? null : one.id;
}

/** Everybody people call so, by name, e-mail or extension, those who left included. */
export async function employeesCalled(db: Db, written: string): Promise<readonly Called[]> {
  return (await calledEmployees(db)).filter((employee) => isCalled(employee, written));
}

export type Called = Pick<StoredEmployee, 'id' | 'name' | 'email' | 'role' | 'active'> & {
  readonly points: readonly { readonly kind: string; readonly address: string }[];
};

/** `everybody`: in the order of the file. */
export function decideDuty(
  everybody: readonly Called[],
  written: string | null,
): { readonly id: string; readonly isGone: boolean } {
  const here = everybody.filter(({ active }) => active);
  if (here.length === 0)
    throw new Fault('directory.nobody', 'reconfigure', {
      cure: 'the office has no employee: name people in the file of `people:` (name, extension, email …)',
    });
  const next = (here.find(({ role }) => role === 'supervisor') ?? here[0])?.id ?? '';
  if (written === null) return { id: next, isGone: false };
  const found = here.filter((one) => isCalled(one, written));
  const [one] = found;
  if (one !== undefined && found.length === 1) return { id: one.id, isGone: false };
  // He has left, and clients wait: the office goes on, and is told.
  if (found.length === 0 && everybody.some((former) => !former.active && isCalled(former, written)))
    return { id: next, isGone: true };
  throw new Fault('directory.duty_unknown', 'reconfigure', {
    duty: written,
    found: found.length,
    cure: 'office.duty must be the name or the e-mail of one person of `people:`',
  });
}

async function calledEmployees(db: Db): Promise<Called[]> {
  const everybody = await employees(db);
  const points = await pointsOf(db, { clientIds: [], personIds: [], employeeIds: everybody.map(({ id }) => id) });
  return everybody.map((one) => ({ ...one, points: points.filter(({ employeeId }) => employeeId === one.id) }));
}
