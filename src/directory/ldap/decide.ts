import { fold } from '../csv.ts';
import type { ReadPoint } from '../people.ts';
import type { Account } from './account.ts';

/** Somebody of ours as the database knows him. */
export interface Known {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: NonNullable<Account['role']>;
  readonly language: string | null;
  readonly active: boolean;
  readonly account: string | null;
  readonly points: readonly Pick<ReadPoint, 'kind' | 'address'>[];
}

/** New values of fields of an employee. */
export interface EmployeeEdit {
  readonly id: string;
  readonly values: Partial<Omit<Known, 'id' | 'points'>>;
}

export interface AccountPlan {
  /** New people. */
  readonly create: readonly Account[];
  readonly edit: readonly EmployeeEdit[];
  /** Addresses to add. `employeeId` null: of the new one with this account. */
  readonly add: readonly { readonly employeeId: string | null; readonly account: string; readonly point: ReadPoint }[];
  /** Extensions that are no longer theirs. */
  readonly end: readonly { readonly employeeId: string; readonly address: string }[];
  /** Whose account was disabled, or is no longer there. */
  readonly left: readonly { readonly employeeId: string; readonly name: string; readonly because: string }[];
  /** Departments by account; they are made where missing. */
  readonly departments: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** So many accounts may be gone at once, or a fifth of them; more is an error of somebody, not a leaving. */
const mostGone = 3;

/**
 * What the accounts change of our people. An account is recognised by its id, then by an address, then by a name that only
 * one has. What the service does not tell stays. One that is gone counts as disabled, unless too many are gone at once: then
 * nobody is, and a person is told.
 */
export function decideAccounts(accounts: readonly Account[], known: readonly Known[]): AccountPlan {
  const notes: string[] = [];
  const pairs = accounts.map((account) => ({ account, employee: recognise(account, accounts, known) }));
  const claimed = new Map<string, string>();
  const found = pairs.filter(({ account, employee }) => {
    if (employee === null) return false;
    const other = claimed.get(employee.id);
    if (other !== undefined) notes.push(`${account.dn}: ${employee.name} is ${other} already, left out`);
    else claimed.set(employee.id, account.dn);
    return other === undefined;
  });
  const create = pairs.flatMap(({ account, employee }) =>
    employee === null && account.disabled === null ? [account] : [],
  );
  const live = known.filter(({ account, active }) => account !== null && active);
  const ids = new Set(accounts.map(({ id }) => id));
  const gone = live.filter(({ account, id }) => !ids.has(account ?? '') && !claimed.has(id));
  const isHeld = gone.length > Math.max(mostGone, live.length / 5);
  if (isHeld)
    notes.push(
      `${gone.length} of ${live.length} accounts are gone at once: nobody was disabled; is ldap.base or ldap.filter still right?`,
    );
  const leaving = isHeld ? [] : gone;
  const left = [
    ...found.flatMap(({ account, employee }) =>
      employee?.active && account.disabled !== null
        ? [{ employeeId: employee.id, name: employee.name, because: account.disabled }]
        : [],
    ),
    ...leaving.map(({ id, name }) => ({ employeeId: id, name, because: 'no longer in the directory service' })),
  ];
  const here = [
    ...found.flatMap(({ account, employee }) => (account.disabled === null && employee ? [{ account, employee }] : [])),
    ...create.map((account) => ({ account, employee: null })),
  ];
  return {
    create,
    edit: [
      ...found.flatMap(({ account, employee }) => (employee === null ? [] : editOf(account, employee))),
      ...leaving.map(({ id }) => ({ id, values: { active: false } })),
    ],
    add: here.flatMap(({ account, employee }) =>
      account.points
        .filter(({ kind, address }) => !employee?.points.some((one) => one.kind === kind && one.address === address))
        .map((point) => ({ employeeId: employee?.id ?? null, account: account.id, point })),
    ),
    end: here.flatMap(({ account, employee }) => (employee === null ? [] : endedOf(account, employee))),
    left,
    departments: new Map(
      here.flatMap(({ account }) => (account.department === null ? [] : [[account.id, account.department] as const])),
    ),
    notes,
  };
}

function recognise(account: Account, accounts: readonly Account[], known: readonly Known[]): Known | null {
  const same = known.find((one) => one.account === account.id);
  if (same !== undefined) return same;
  const free = known.filter((one) => one.account === null);
  const emails = account.points.flatMap(({ kind, address }) => (kind === 'email' ? [address] : []));
  const byAddress = free.filter(
    ({ email, points }) =>
      (email !== null && emails.includes(email)) ||
      points.some(({ kind, address }) => kind === 'email' && emails.includes(address)),
  );
  if (byAddress.length > 0) return byAddress.length === 1 ? (byAddress[0] ?? null) : null;
  const named = free.filter(({ name }) => fold(name) === fold(account.name));
  const isOnly = accounts.filter(({ name }) => fold(name) === fold(account.name)).length === 1;
  const [one, ...others] = named;
  // Two addresses that differ are two people, whatever they are called.
  return one !== undefined && others.length === 0 && isOnly && (one.email === null || emails.length === 0) ? one : null;
}

function editOf(account: Account, employee: Known): EmployeeEdit[] {
  const values: EmployeeEdit['values'] = {
    account: account.id,
    active: account.disabled === null,
    // Of who has left the last that was known stays: services empty the accounts of those who go.
    ...(account.disabled !== null
      ? {}
      : {
          name: account.name,
          ...(account.email === null ? {} : { email: account.email }),
          ...(account.language === null ? {} : { language: account.language }),
          ...(account.role === null ? {} : { role: account.role }),
        }),
  };
  const old: Readonly<Record<string, unknown>> = { ...employee };
  return Object.entries(values).some(([field, value]) => old[field] !== value) ? [{ id: employee.id, values }] : [];
}

/** A desk has one owner at a time. Where the service names no extension at all, it says nothing of them. */
function endedOf(account: Account, employee: Known): { readonly employeeId: string; readonly address: string }[] {
  const desks = account.points.filter(({ kind }) => kind === 'extension').map(({ address }) => address);
  if (desks.length === 0) return [];
  return employee.points
    .filter(({ kind, address }) => kind === 'extension' && !desks.includes(address))
    .map(({ address }) => ({ employeeId: employee.id, address }));
}
