import { expect, test } from 'vitest';
import type { Account } from './account.ts';
import { decideAccounts, type Known } from './decide.ts';

const account = (id: string, part: Partial<Account> = {}): Account => {
  const email = `${id}@r.example`;
  const points = [{ kind: 'email', address: email, raw: email }] as const;
  return {
    id,
    dn: `cn=${id}`,
    name: id,
    email,
    points,
    department: null,
    language: null,
    role: null,
    disabled: null,
    ...part,
  };
};
const known = (id: string, part: Partial<Known> = {}): Known => {
  const email = `${id}@r.example`;
  const points = [{ kind: 'email', address: email }] as const;
  return {
    id: `#${id}`,
    key: email,
    name: id,
    email,
    role: 'employee',
    language: null,
    active: true,
    account: id,
    points,
    ...part,
  };
};
const noAddress = { email: null, points: [] } as const;
const extension = (address: string) => ({ kind: 'extension', address, raw: address }) as const;
const nothing = { create: [], edit: [], add: [], end: [], left: [], departments: new Map(), notes: [] };

test.each<[string, readonly Account[], readonly Known[], Partial<ReturnType<typeof decideAccounts>>]>([
  ['all as it was', [account('a')], [known('a')], {}],
  [
    'somebody new',
    [account('a')],
    [],
    {
      create: [account('a')],
      add: [{ employeeId: null, account: 'a', point: account('a').points[0] ?? extension('') }],
    },
  ],
  ['new and disabled: nobody', [account('a', { disabled: 'disabled' })], [], {}],
  [
    'by address',
    [account('x', { email: 'a@r.example', points: account('a').points })],
    [known('a', { account: null })],
    { edit: [{ id: '#a', values: { account: 'x', active: true, name: 'x', email: 'a@r.example' } }] },
  ],
  [
    'by the name that only he has',
    [account('a')],
    [known('a', { account: null, ...noAddress })],
    {
      edit: [{ id: '#a', values: { account: 'a', active: true, name: 'a', email: 'a@r.example' } }],
      add: [{ employeeId: '#a', account: 'a', point: account('a').points[0] ?? extension('') }],
    },
  ],
  [
    'the same name and another address is somebody else',
    [account('b', { name: 'a' })],
    [known('a', { account: null })],
    {
      create: [account('b', { name: 'a' })],
      add: [{ employeeId: null, account: 'b', point: account('b').points[0] ?? extension('') }],
    },
  ],
  [
    'a name that two have says nothing',
    [account('a', noAddress)],
    [known('a', { account: null, ...noAddress }), known('b', { name: 'a', account: null, ...noAddress })],
    { create: [account('a', noAddress)] },
  ],
  [
    'disabled: what is known of him stays',
    [account('a', { name: 'A (left)', ...noAddress, disabled: 'disabled' })],
    [known('a')],
    {
      edit: [{ id: '#a', values: { account: 'a', active: false } }],
      left: [{ employeeId: '#a', name: 'a', because: 'disabled' }],
      end: [{ employeeId: '#a', kind: 'email', address: 'a@r.example' }],
    },
  ],
  ['disabled before', [account('a', { disabled: 'disabled' })], [known('a', { active: false })], {}],
  [
    'back again',
    [account('a')],
    [known('a', { active: false })],
    { edit: [{ id: '#a', values: { account: 'a', active: true, name: 'a', email: 'a@r.example' } }] },
  ],
  [
    'a desk that is somebody else’s stays his',
    [account('a', { points: [...account('a').points, extension('101')] })],
    [known('a'), known('boss', { account: null, points: [extension('101')] })],
    { notes: ["cn=a: 101 is boss's already, left out"] },
  ],
  [
    'the desk of who leaves is his successor’s',
    [account('a', { disabled: 'disabled' }), account('b', { points: [...account('b').points, extension('101')] })],
    [known('a', { points: [extension('101')] }), known('b')],
    {
      edit: [{ id: '#a', values: { account: 'a', active: false } }],
      left: [{ employeeId: '#a', name: 'a', because: 'disabled' }],
      end: [{ employeeId: '#a', kind: 'extension', address: '101' }],
      add: [{ employeeId: '#b', account: 'b', point: extension('101') }],
    },
  ],
  [
    'somebody else’s address among his own',
    [account('a', { points: [...account('a').points, { kind: 'email', address: 'boss@r.example', raw: 'x' }] })],
    [known('a'), known('boss')],
    {
      left: [{ employeeId: '#boss', name: 'boss', because: 'no longer in the directory service' }],
      edit: [{ id: '#boss', values: { active: false } }],
      end: [{ employeeId: '#boss', kind: 'email', address: 'boss@r.example' }],
      add: [{ employeeId: '#a', account: 'a', point: { kind: 'email', address: 'boss@r.example', raw: 'x' } }],
    },
  ],
  [
    'the address of who is here',
    [account('a', { points: [{ kind: 'email', address: 'boss@r.example', raw: 'x' }] }), account('boss')],
    [known('a'), known('boss')],
    { notes: ["cn=a: boss@r.example is boss's already, left out"] },
  ],
  [
    'a new account with somebody’s address is nobody',
    [account('x', { email: 'a@r.example' }), account('a')],
    [known('a')],
    { notes: ["cn=x: a@r.example is a's already, left out"] },
  ],
  [
    'two new ones with one address: the first',
    [account('x', { email: 'z@r.example', points: [] }), account('y', { email: 'z@r.example', points: [] })],
    [],
    {
      create: [account('x', { email: 'z@r.example', points: [] })],
      notes: ["cn=y: z@r.example is x's already, left out"],
    },
  ],
  [
    'a supervisor of the table whom the service does not call one',
    [account('a')],
    [known('a', { account: null, role: 'supervisor' })],
    {
      notes: ['cn=a: a is supervisor here, and the service does not say so: name the group in ldap.groups, left out'],
    },
  ],
  [
    'a supervisor of both',
    [account('a', { role: 'supervisor' })],
    [known('a', { account: null, role: 'supervisor' })],
    {
      edit: [{ id: '#a', values: { account: 'a', active: true, name: 'a', email: 'a@r.example', role: 'supervisor' } }],
    },
  ],
  ['who never had an account is not of the service', [], [known('a', { account: null })], {}],
  [
    'a role from a group',
    [account('a', { role: 'it' })],
    [known('a')],
    { edit: [{ id: '#a', values: { account: 'a', active: true, name: 'a', email: 'a@r.example', role: 'it' } }] },
  ],
  [
    'another desk',
    [account('a', { points: [...account('a').points, extension('102')] })],
    [known('a', { points: [...known('a').points, extension('101')] })],
    {
      add: [{ employeeId: '#a', account: 'a', point: extension('102') }],
      end: [{ employeeId: '#a', kind: 'extension', address: '101' }],
    },
  ],
  [
    'no desk is told: the one of the table stays',
    [account('a')],
    [known('a', { points: [...known('a').points, extension('101')] })],
    {},
  ],
  ['a department', [account('a', { department: 'Sales' })], [known('a')], { departments: new Map([['a', 'Sales']]) }],
])('%s', (_story, accounts, everybody, expected) =>
  expect(decideAccounts(accounts, everybody)).toEqual({ ...nothing, ...expected }),
);

const eleven = Array.from({ length: 11 }, (_, n) => known(`p${n}`));
const accountsOf = (people: readonly Known[]) => people.map(({ name }) => account(name));

test.each([
  ['three of eleven are gone', 8, 3],
  ['four of eleven are gone: nobody leaves', 7, 0],
  ['nobody was found at all: nobody leaves', 0, 0],
])('%s', (_story, stay, left) => {
  const plan = decideAccounts(accountsOf(eleven.slice(0, stay)), eleven);
  expect(plan.left).toHaveLength(left);
  expect(plan.edit).toHaveLength(left);
  expect(plan.notes).toHaveLength(left === 0 ? 1 : 0);
});

test('two accounts of one person: the first has him, the other is told', () => {
  const { edit, notes } = decideAccounts(
    ['x', 'y'].map((id) => account(id, { email: 'a@r.example', points: account('a').points })),
    [known('a', { account: null })],
  );
  expect(edit).toHaveLength(1);
  expect(notes).toEqual(['cn=y: a is cn=x already, left out']);
});

test('a number that is a client’s today is nobody’s mobile', () => {
  const mobile = { kind: 'phone', address: '+380501234567', raw: '050 123-45-67' } as const;
  const clients = new Map([['+380501234567', 'Acme']]);
  const { add, notes } = decideAccounts(
    [account('a', { points: [...account('a').points, mobile] })],
    [known('a')],
    clients,
  );
  expect([add, notes]).toEqual([[], ["cn=a: +380501234567 is Acme's already, left out"]]);
});
