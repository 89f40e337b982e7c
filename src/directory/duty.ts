import { Fault } from '../core/fault.ts';
import type { Db } from '../store/db.ts';
import { employees, lockDirectory, pointsOf, type StoredEmployee, writeDuty } from '../store/directory.ts';
import { isCalled } from './import-people.ts';

/**
 * Names the employee who owns what nobody else does: the one of `office.duty`, else the first supervisor, else the first
 * person. Returns his id.
 *
 * @param written `office.duty`: a name, an e-mail or an extension; null: not set
 * @throws Fault directory.nobody, directory.duty_unknown (reconfigure)
 */
export function setDuty(db: Db, written: string | null): Promise<string> {
  return db.transaction(async (tx) => {
    await lockDirectory(tx);
    const id = decideDuty(await calledEmployees(tx), written);
    await writeDuty(tx, id);
    return id;
  });
}

/** The employee people call so, by name, e-mail or extension; null when nobody or several are. */
export async function findEmployee(db: Db, written: string): Promise<string | null> {
  const [one, ...others] = (await calledEmployees(db)).filter((employee) => isCalled(employee, written));
  return one === undefined || others.length > 0 ? null : one.id;
}

type Called = Pick<StoredEmployee, 'id' | 'name' | 'email' | 'role' | 'active'> & {
  readonly points: readonly { readonly kind: string; readonly address: string }[];
};

/** `everybody`: in the order of the file. */
export function decideDuty(everybody: readonly Called[], written: string | null): string {
  const here = everybody.filter(({ active }) => active);
  if (here.length === 0)
    throw new Fault('directory.nobody', 'reconfigure', {
      cure: 'the office has no employee: name people in the file of `people:` (name, extension, email …)',
    });
  if (written === null) return (here.find(({ role }) => role === 'supervisor') ?? here[0])?.id ?? '';
  const found = here.filter((one) => isCalled(one, written));
  const [one] = found;
  if (one !== undefined && found.length === 1) return one.id;
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
