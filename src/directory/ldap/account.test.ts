import { expect, test } from 'vitest';
import { Ldap } from '../../config/ldap.ts';
import { type AccountReading, readAccount } from './account.ts';

const { attributes } = Ldap.parse({ url: 'ldaps://dc', bindDn: 'cn=l', password: 'x', base: 'dc=x' });
const reading: AccountReading = {
  attributes,
  region: 'UA',
  extensions: /^\d{3}$/,
  now: new Date('2026-11-26T10:00Z'),
  roleOf: () => null,
};
const id = { entryuuid: ['7D6A3C10-0000-0000-0000-000000000001'] };
const read = (values: Readonly<Record<string, readonly (string | Uint8Array)[]>>) =>
  readAccount({ dn: 'cn=anna', values: new Map(Object.entries(values)) }, reading);
const accountOf = (values: Parameters<typeof read>[0]) => {
  const one = read({ ...id, cn: ['Anna'], ...values });
  if (one.kind !== 'account') throw new Error(one.reason);
  return one;
};

test.each([
  ['alone', '101', '101'],
  ['behind a number', '+380 44 000-10-00 ext. 101', '101'],
  ['behind a comma', '0440001000,101', '101'],
  ['in Russian', '+380440001000 доб.101', '101'],
  ['a number alone is the office’s', '+380440001101', null],
  ['not of our form', '0440001000,1017', null],
])('extension %s', (_story, written, extension) => {
  const { account } = accountOf({ telephonenumber: [written] });
  expect(account.points.map(({ kind, address }) => `${kind} ${address}`)).toEqual(
    extension === null ? [] : [`extension ${extension}`],
  );
});

test.each([
  ['accountexpires', '0', null],
  ['accountexpires', '9223372036854775807', null],
  ['accountexpires', '135000000000000000', null],
  ['accountexpires', '133000000000000000', 'expired'],
  ['useraccountcontrol', '512', null],
  ['useraccountcontrol', '66050', 'disabled'],
  ['nsaccountlock', 'TRUE', 'disabled'],
  ['logindisabled', 'FALSE', null],
  ['pwdaccountlockedtime', '000001010000Z', 'locked by an administrator'],
  ['pwdaccountlockedtime', '20261126090000Z', null],
  ['shadowexpire', '-1', null],
  ['shadowexpire', '99999', null],
  ['shadowexpire', '20000', 'expired'],
])('%s %s', (name, value, disabled) => expect(accountOf({ [name]: [value] }).account.disabled).toBe(disabled));

test('a GUID of Active Directory is written as Windows writes it', () => {
  const guid = Uint8Array.from([0x10, 0x3c, 0x6a, 0x7d, 0x34, 0x12, 0x78, 0x56, 1, 2, 3, 4, 5, 6, 7, 8]);
  const one = read({ objectguid: [guid], cn: ['Anna'] });
  expect(one).toMatchObject({ account: { id: '7d6a3c10-1234-5678-0102-030405060708' } });
});

test('what cannot be used is told, the rest is taken', () => {
  const { account, notes } = accountOf({ mail: ['anna(at)r.example', 'anna@r.example'], mobile: ['ask Boris'] });
  expect(account).toMatchObject({ email: 'anna@r.example', language: null });
  expect(notes).toHaveLength(2);
  expect(read({ cn: ['Anna'] })).toMatchObject({ kind: 'refused', reason: expect.stringContaining('entryUUID') });
  expect(read(id)).toMatchObject({ kind: 'refused', reason: 'has no displayName and no cn' });
});
