import { fold, type Rejection } from '../../directory/files/csv.ts';
import { isCalled } from '../../directory/files/import-people.ts';
import type { Db } from '../../store/base/db.ts';
import { employees, peopleOf, pointsOf } from '../../store/directory/employees-and-clients.ts';
import { clientsCalled } from '../../store/sources/past.ts';
import type { PastRow } from './rows.ts';

/** Whom and what the names of a table may mean. */
export interface Called {
  readonly staff: readonly {
    readonly id: string;
    readonly name: string;
    readonly email: string | null;
    readonly points: readonly { readonly kind: string; readonly address: string }[];
  }[];
  readonly occasions: readonly { readonly id: string; readonly name: string }[];
  /** What a name does not lead to is told here. */
  readonly rejected: Rejection[];
}

export async function staffOf(db: Db): Promise<Pick<Called, 'staff'>> {
  const everybody = await employees(db);
  const points = await pointsOf(db, { clientIds: [], personIds: [], employeeIds: everybody.map(({ id }) => id) });
  return {
    staff: everybody.map((one) => ({ ...one, points: points.filter(({ employeeId }) => employeeId === one.id) })),
  };
}

export interface Found {
  readonly row: PastRow;
  readonly clientId: string | null;
  readonly personId: string | null;
  readonly employeeId: string | null;
  /** The employee's, by which matching knows who took the contact. */
  readonly email: string | null;
  readonly occasionId: string | null;
}

/** Rows with those whom their names mean. A row whose contact would be nobody's is rejected. */
export async function peopleIn(db: Db, rows: readonly PastRow[], called: Called): Promise<readonly Found[]> {
  const names = [...new Set(rows.flatMap(({ client }) => client ?? []))];
  const clients = names.length === 0 ? [] : await clientsCalled(db, names.map(fold), names);
  const idsOf = new Map<string, Set<string>>();
  for (const { key, id, name } of clients)
    for (const word of [key, fold(name)]) idsOf.set(word, (idsOf.get(word) ?? new Set()).add(id));
  const people = await peopleOf(
    db,
    clients.map(({ id }) => id),
  );
  return rows.flatMap((row): Found[] => {
    const tell = (column: string, value: string, reason: string) => {
      called.rejected.push({ line: row.line, column, value, reason });
    };
    const ids = row.client === null ? [] : [...(idsOf.get(fold(row.client)) ?? [])];
    const [clientId = null] = ids.length === 1 ? ids : [];
    if (row.client !== null && clientId === null) {
      const reason = ids.length === 0 ? 'no client of this name' : 'several clients of this name';
      if (row.outside === null) {
        tell('client', row.client, `${reason}, and no address: the row is left out; import the clients first`);
        return [];
      }
      tell('client', row.client, `${reason}: the address alone says whose contact it was`);
    }
    const isHe = (one: { readonly clientId: string; readonly name: string }) =>
      one.clientId === clientId && row.person !== null && fold(one.name) === fold(row.person);
    const employee = employeeOf(row, called, tell);
    const occasion = called.occasions.find(({ name }) => row.occasion !== null && fold(name) === fold(row.occasion));
    if (row.occasion !== null && occasion === undefined)
      tell('occasion', row.occasion, 'no occasion of this name in occasions:, left empty');
    return [
      {
        row,
        clientId,
        personId: people.find(isHe)?.id ?? null,
        employeeId: employee?.id ?? null,
        email: employee?.email ?? null,
        occasionId: occasion?.id ?? null,
      },
    ];
  });
}

function employeeOf(
  { employee }: PastRow,
  { staff }: Called,
  tell: (column: string, value: string, reason: string) => void,
): Called['staff'][number] | null {
  if (employee === null) return null;
  const found = staff.filter((one) => isCalled(one, employee));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const reason =
    found.length === 0 ? 'no employee of this name, e-mail or extension' : 'several employees of this name';
  tell('employee', employee, `${reason}: the client's responsible owns the contact`);
  return null;
}
