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
    [known('a', { account: null, ...noAddress }), known('a', { id: '#2', account: null, ...noAddress })],
    { create: [account('a', noAddress)] },
  ],
  [
    'disabled: what is known of him stays',
    [account('a', { name: 'A (left)', ...noAddress, disabled: 'disabled' })],
    [known('a')],
    {
      edit: [{ id: '#a', values: { account: 'a', active: false } }],
      left: [{ employeeId: '#a', name: 'a', because: 'disabled' }],
    },
  ],
  ['disabled before', [account('a', { disabled: 'disabled' })], [known('a', { active: false })], {}],
  [
    'back again',
    [account('a')],
    [known('a', { active: false })],
    { edit: [{ id: '#a', values: { account: 'a', active: true, name: 'a', email: 'a@r.example' } }] },
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
    { add: [{ employeeId: '#a', account: 'a', point: extension('102') }], end: [{ employeeId: '#a', address: '101' }] },
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
    [account('x', { points: account('a').points }), account('y', { points: account('a').points })],
    [known('a', { account: null })],
  );
  expect(edit).toHaveLength(1);
  expect(notes).toEqual(['cn=y: a is cn=x already, left out']);
});
