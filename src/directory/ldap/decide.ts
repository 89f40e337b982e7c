import { fold } from '../files/csv.ts';
import type { ReadPoint } from '../files/people.ts';
import type { Account } from './account.ts';

/** Somebody of ours as the database knows him. */
export interface Known {
  readonly id: string;
  /** What an import recognises him by. */
  readonly key: string;
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
  readonly values: Partial<Omit<Known, 'id' | 'key' | 'points'>>;
}

export interface AccountPlan {
  /** New people. */
  readonly create: readonly Account[];
  readonly edit: readonly EmployeeEdit[];
  /** Addresses to add. `employeeId` null: of the new one with this account. */
  readonly add: readonly { readonly employeeId: string | null; readonly account: string; readonly point: ReadPoint }[];
  /** Addresses that are no longer theirs. */
  readonly end: readonly { readonly employeeId: string; readonly kind: string; readonly address: string }[];
  /** Whose account was disabled, or is no longer there. */
  readonly left: readonly { readonly employeeId: string; readonly name: string; readonly because: string }[];
  /** Departments by account; they are made where missing. */
  readonly departments: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** So many accounts may be gone at once, or a fifth of them; more is an error of somebody, not a leaving. */
const mostGone = 3;

/**
 * What the accounts change of our people. An account is recognised by its id, the first time by the address prompts go to.
 * What the service does not tell stays. One that is gone counts as disabled, unless too many are gone at once: then nobody is,
 * and a person is told.
 *
 * People may be able to write some attributes of their own account: no address is taken that is somebody else's, and no
 * supervisor of ours is taken for an account that the service does not call one.
 *
 * @param clientsHaving address → the client it is of today
 */
export function decideAccounts(
  accounts: readonly Account[],
  known: readonly Known[],
  clientsHaving: ReadonlyMap<string, string> = new Map(),
): AccountPlan {
  const notes: string[] = [];
  const { found, fresh } = pairUp(accounts, known, notes);
  const live = known.filter(({ account, active }) => account !== null && active);
  const ids = new Set(accounts.map(({ id }) => id));
  const gone = live.filter(
    ({ account, id }) => !ids.has(account ?? '') && !found.some((one) => one.employee.id === id),
  );
  const isHeld = gone.length > Math.max(mostGone, live.length / 5);
  if (isHeld)
    notes.push(
      `${gone.length} of ${live.length} accounts are gone at once: nobody was disabled; is ldap.base or ldap.filter still right?`,
    );
  const leaving = isHeld ? [] : gone;
  const left = [
    ...found.flatMap(({ account, employee }) =>
      employee.active && account.disabled !== null ? [{ employee, because: account.disabled }] : [],
    ),
    ...leaving.map((employee) => ({ employee, because: 'no longer in the directory service' })),
  ];
  const here = [
    ...found.filter(({ account }) => account.disabled === null),
    ...fresh.map((account) => ({ account, employee: null })),
  ];
  const end = [
    // What was his is nobody's from now on: his desk may be another's, his mobile is no colleague's any more.
    ...left.flatMap(({ employee }) => employee.points.map((point) => ({ employeeId: employee.id, ...kindOf(point) }))),
    ...found.flatMap(({ account, employee }) => (account.disabled === null ? endedOf(account, employee) : [])),
  ];
  return {
    create: fresh,
    edit: [
      ...found.flatMap(({ account, employee }) => editOf(account, employee)),
      ...leaving.map(({ id }) => ({ id, values: { active: false } })),
    ],
    add: addedTo(here, { known, end, clientsHaving, notes }),
    end,
    left: left.map(({ employee, because }) => ({ employeeId: employee.id, name: employee.name, because })),
    departments: new Map(
      here.flatMap(({ account }) => (account.department === null ? [] : [[account.id, account.department] as const])),
    ),
    notes,
  };
}

interface Pair {
  readonly account: Account;
  readonly employee: Known;
}

/** Who of ours has which account, and which accounts are new people. */
function pairUp(accounts: readonly Account[], known: readonly Known[], notes: string[]) {
  const found: Pair[] = [];
  const fresh: Account[] = [];
  const keys = new Set(known.map(({ key }) => key));
  const emails = new Map(known.flatMap(({ email, name }) => (email === null ? [] : [[email, name] as const])));
  for (const account of accounts) {
    const employee = recognise(account, accounts, known);
    if (employee !== null) {
      const other = found.find((one) => one.employee.id === employee.id);
      if (other !== undefined) notes.push(`${account.dn}: ${employee.name} is ${other.account.dn} already, left out`);
      else if (employee.account === null && employee.role !== 'employee' && account.role !== employee.role)
        notes.push(
          `${account.dn}: ${employee.name} is ${employee.role} here, and the service does not say so: name the group in ldap.groups, left out`,
        );
      else found.push({ account, employee });
      continue;
    }
    if (account.disabled !== null) continue;
    const key = keyOf(account);
    const namesake = account.email === null ? undefined : emails.get(account.email);
    if (keys.has(key) || namesake !== undefined) {
      notes.push(
        `${account.dn}: ${account.email ?? account.name} is ${namesake ?? 'somebody else'}'s already, left out`,
      );
      continue;
    }
    keys.add(key);
    if (account.email !== null) emails.set(account.email, account.name);
    fresh.push(account);
  }
  return { found, fresh };
}

/** What a new person is recognised by in tables. */
export function keyOf({ email, name }: Pick<Account, 'email' | 'name'>): string {
  return email ?? fold(name);
}

function recognise(account: Account, accounts: readonly Account[], known: readonly Known[]): Known | null {
  const same = known.find((one) => one.account === account.id);
  if (same !== undefined) return same;
  const free = known.filter((one) => one.account === null);
  const byAddress = account.email === null ? [] : free.filter(({ email }) => email === account.email);
  if (byAddress.length > 0) return byAddress.length === 1 ? (byAddress[0] ?? null) : null;
  // A name alone says it only of somebody who has no address yet: no prompt of his goes elsewhere by it.
  const called = (one: { readonly name: string }) => fold(one.name) === fold(account.name);
  const [one, ...others] = free.filter(called);
  const isOnly = accounts.filter(called).length === 1;
  return one !== undefined && others.length === 0 && isOnly && one.email === null && one.role === 'employee'
    ? one
    : null;
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
function endedOf(account: Account, employee: Known): AccountPlan['end'] {
  const desks = account.points.filter(({ kind }) => kind === 'extension').map(({ address }) => address);
  if (desks.length === 0) return [];
  return employee.points
    .filter(({ kind, address }) => kind === 'extension' && !desks.includes(address))
    .map((point) => ({ employeeId: employee.id, ...kindOf(point) }));
}

/** New addresses; one that is another's of ours, or a client's, is told and left. */
function addedTo(
  here: readonly { readonly account: Account; readonly employee: Known | null }[],
  {
    known,
    end,
    clientsHaving,
    notes,
  }: {
    readonly known: readonly Known[];
    readonly end: AccountPlan['end'];
    readonly clientsHaving: ReadonlyMap<string, string>;
    readonly notes: string[];
  },
): AccountPlan['add'] {
  const ended = new Set(end.map(({ employeeId, kind, address }) => `${employeeId} ${kind} ${address}`));
  const owners = new Map<string, { readonly id: string | null; readonly name: string }>();
  for (const { id, name, points } of known)
    for (const { kind, address } of points)
      if (!ended.has(`${id} ${kind} ${address}`)) owners.set(`${kind} ${address}`, { id, name });
  return here.flatMap(({ account, employee }) =>
    account.points.flatMap((point) => {
      const at = `${point.kind} ${point.address}`;
      const owner = owners.get(at);
      if (owner !== undefined && owner.id === employee?.id) return [];
      const whose = owner?.name ?? (point.kind === 'extension' ? undefined : clientsHaving.get(point.address));
      if (whose !== undefined) {
        notes.push(`${account.dn}: ${point.address} is ${whose}'s already, left out`);
        return [];
      }
      owners.set(at, { id: employee?.id ?? account.id, name: account.name });
      return [{ employeeId: employee?.id ?? null, account: account.id, point }];
    }),
  );
}

function kindOf({ kind, address }: { readonly kind: string; readonly address: string }) {
  return { kind, address };
}
