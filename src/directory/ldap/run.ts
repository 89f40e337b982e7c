import type { Clock } from '../../core/time/clock.ts';
import type { Db } from '../../store/base/db.ts';
import { departmentsNamed } from '../../store/directory/departments.ts';
import {
  addPoints,
  clientsHaving,
  employees,
  endEmployeePoints,
  lockDirectory,
  pointsOf,
  upsertEmployees,
} from '../../store/directory/employees-and-clients.ts';
import { lockValues } from '../../store/directory/fields.ts';
import { type Change, type ChangeLog, changeLog } from '../../store/history/change-log.ts';
import { editEmployees } from '../edit.ts';
import { type Account, dnKey, type LdapEntry, readAccount } from './account.ts';
import { type AccountPlan, decideAccounts, type Known, keyOf } from './decide.ts';
import type { Found, LdapSource } from './search.ts';

/** What a look into the directory service did, or with `dryRun` would do. */
export interface AccountsTaken {
  readonly found: number;
  readonly created: number;
  readonly changed: number;
  readonly left: AccountPlan['left'];
  /** What could not be used, each with its place. */
  readonly notes: readonly string[];
}

export interface TakeOptions {
  readonly source: Pick<LdapSource, 'url' | 'attributes' | 'groups'>;
  readonly region: string | null;
  readonly extensions: Pick<RegExp, 'test'>;
  readonly clock: Clock;
  readonly dryRun?: boolean;
}

/** Brings our people in step with the accounts that were found, all or nothing. Nobody is ever removed. */
export function takeAccounts(db: Db, found: Found, options: TakeOptions): Promise<AccountsTaken> {
  return db.transaction(async (tx) => {
    await lockDirectory(tx);
    const { accounts, notes } = readAll(found, options);
    const stored = await employees(tx);
    const points = await pointsOf(tx, { clientIds: [], personIds: [], employeeIds: stored.map(({ id }) => id) });
    const known = stored.map(
      (one): Known => ({ ...one, points: points.flatMap((p) => (p.employeeId === one.id && isRead(p) ? [p] : [])) }),
    );
    const addresses = accounts.flatMap((one) => one.points.map(({ address }) => address));
    const plan = decideAccounts(accounts, known, await clientsHaving(tx, addresses));
    const log = changeLog(tx, { kind: 'import', via: 'import', authorId: null, label: options.source.url });
    const changed = options.dryRun ? new Set(plan.edit.map(({ id }) => id)) : await apply(tx, plan, log);
    return {
      found: accounts.length,
      created: plan.create.length,
      changed: changed.size,
      left: plan.left,
      notes: [...notes, ...plan.notes],
    };
  });
}

function readAll(
  { entries, members }: Found,
  { source, region, extensions, clock }: TakeOptions,
): { readonly accounts: readonly Account[]; readonly notes: readonly string[] } {
  const roleOf = rolesOf(source.groups, members);
  const read = entries.map((entry) =>
    readAccount(entry, { attributes: source.attributes, region, extensions, now: clock.now(), roleOf }),
  );
  return {
    accounts: read.flatMap((one) => (one.kind === 'account' ? [one.account] : [])),
    notes: read.flatMap((one) => (one.kind === 'account' ? one.notes : [`${one.dn}: ${one.reason}, left out`])),
  };
}

function rolesOf(groups: LdapSource['groups'], members: Found['members']): (entry: LdapEntry) => Account['role'] {
  if (groups.supervisor === null && groups.it === null) return () => null;
  const isIn = (entry: LdapEntry, group: string | null, listed: ReadonlySet<string>) =>
    group !== null &&
    (listed.has(dnKey(entry.dn)) ||
      (entry.values.get('memberof') ?? []).some((dn) => typeof dn === 'string' && dnKey(dn) === dnKey(group)));
  return (entry) => {
    if (isIn(entry, groups.supervisor, members.supervisor)) return 'supervisor';
    return isIn(entry, groups.it, members.it) ? 'it' : 'employee';
  };
}

function isRead(point: { readonly kind: string; readonly address: string }): point is Known['points'][number] {
  return ['phone', 'email', 'fax', 'domain', 'extension'].includes(point.kind);
}

/** @returns employees of whom something changed, the new ones not among them */
async function apply(tx: Db, plan: AccountPlan, log: ChangeLog): Promise<ReadonlySet<string>> {
  const made = await create(tx, plan.create, log);
  const idOf = (one: { readonly employeeId: string | null; readonly account: string }) =>
    one.employeeId ?? made.get(one.account) ?? null;
  const changed = new Set(plan.edit.map(({ id }) => id));
  const ended = await endEmployeePoints(tx, plan.end);
  for (const { employeeId } of plan.end) changed.add(employeeId);
  const fresh = plan.add.flatMap(({ employeeId, account, point }) => {
    const id = idOf({ employeeId, account });
    if (employeeId !== null) changed.add(employeeId);
    return id === null ? [] : [{ ...point, clientId: null, personId: null, employeeId: id }];
  });
  const added = fresh.length === 0 ? [] : await addPoints(tx, fresh);
  await log.record([
    ...ended.map(({ id, until }) => pointChange(id, 'until', 'infinity', until)),
    ...added.map(({ id, kind, address }) => pointChange(id, 'created', null, { kind, address })),
  ]);
  if (plan.edit.length > 0) await editEmployees(tx, await log.open(), plan.edit);
  for (const id of await setDepartments(tx, plan, made, log)) if (![...made.values()].includes(id)) changed.add(id);
  return changed;
}

async function create(tx: Db, accounts: readonly Account[], log: ChangeLog): Promise<ReadonlyMap<string, string>> {
  if (accounts.length === 0) return new Map();
  const ids = await upsertEmployees(
    tx,
    accounts.map((account) => ({
      key: keyOf(account),
      name: account.name,
      email: account.email,
      role: account.role ?? 'employee',
      language: account.language,
      zone: null,
    })),
  );
  const made = new Map(accounts.map((account) => [account.id, ids.get(keyOf(account)) ?? '']));
  await log.record(
    accounts.map(({ id, name }) => ({
      entity: 'employee',
      entityId: made.get(id) ?? '',
      clientId: null,
      field: 'created',
      old: null,
      new: name,
    })),
  );
  await editEmployees(
    tx,
    await log.open(),
    accounts.map(({ id }) => ({ id: made.get(id) ?? '', values: { account: id } })),
  );
  return made;
}

async function setDepartments(
  tx: Db,
  { departments }: AccountPlan,
  made: ReadonlyMap<string, string>,
  log: ChangeLog,
): Promise<readonly string[]> {
  if (departments.size === 0) return [];
  const named = await departmentsNamed(tx, [...new Set(departments.values())], true);
  await log.record(
    named.flatMap(({ id, name, made: isNew }): Change[] =>
      isNew ? [{ entity: 'department', entityId: id, clientId: null, field: 'created', old: null, new: name }] : [],
    ),
  );
  const idOf = new Map(named.map(({ id, name }) => [name, id]));
  const everybody = new Map(
    (await employees(tx)).flatMap(({ id, account }) => (account === null ? [] : [[account, id]])),
  );
  const wanted = [...departments].flatMap(([account, name]) => {
    const id = made.get(account) ?? everybody.get(account);
    const departmentId = idOf.get(name);
    return id === undefined || departmentId === undefined ? [] : [{ id, values: { departmentId } }];
  });
  const now = await lockValues(
    tx,
    'employee',
    wanted.map(({ id }) => id),
  );
  const stale = wanted.filter(({ id, values }) => now.get(id)?.departmentId !== values.departmentId);
  if (stale.length > 0) await editEmployees(tx, await log.open(), stale);
  return stale.map(({ id }) => id);
}

function pointChange(entityId: string, field: string, old: unknown, now: unknown): Change {
  return { entity: 'contact_point', entityId, clientId: null, field, old, new: now };
}
