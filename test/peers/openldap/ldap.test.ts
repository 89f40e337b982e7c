import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { handOverDrafts } from '../../../src/assign/hand-over.ts';
import { Ldap } from '../../../src/config/ldap.ts';
import { firstPeople, look } from '../../../src/daemon/accounts.ts';
import { takeAccounts } from '../../../src/directory/ldap/run.ts';
import { findEntries, type LdapSource } from '../../../src/directory/ldap/search.ts';
import { systemClock } from '../../../src/ops/clock.ts';
import { createLog } from '../../../src/ops/log.ts';
import { sql } from '../../../src/store/index.ts';
import { describePeer } from '../../kit/peer.ts';
import { testStore } from '../../kit/postgres.ts';
import { groups, type OpenLdap, people, root, rootPassword, startOpenLdap } from './index.ts';

describePeer('openldap', 'people of a real OpenLDAP', () => {
  let server: OpenLdap;
  let store: Awaited<ReturnType<typeof testStore>>;

  const sourceFor = (part: Partial<LdapSource> = {}): LdapSource => {
    const written = Ldap.parse({ url: 'ldaps://localhost', bindDn: root, password: rootPassword, base: people });
    const { attributes, filter, bindDn, password, base } = written;
    const none = { supervisor: null, it: null };
    return {
      url: server.tlsUrl,
      tls: 'ldaps',
      ca: server.ca,
      bindDn,
      password,
      base,
      filter,
      attributes,
      groups: none,
      everyMs: 60_000,
      ...part,
    };
  };
  const take = async (part: Partial<LdapSource> = {}, dryRun = false) => {
    const source = sourceFor(part);
    const about = { source, region: 'UA', extensions: /^\d{3}$/, clock: systemClock, dryRun };
    return takeAccounts(store.db, await findEntries(source), about);
  };
  const person = (cn: string, more: Readonly<Record<string, string | string[]>> = {}) =>
    server.add(`cn=${cn},${people}`, { objectClass: 'user', cn, sn: cn, ...more });
  const employees = () =>
    store.db.rows(sql`
      select e.name, e.email, e.active, e.role, d.name as department,
             array(select p.kind || ' ' || p.address from contact_point p
                    where p.employee_id = e.id and p.until = 'infinity' order by 1) as points
        from employee e left join department d on d.id = e.department_id order by e.name`);

  beforeAll(async () => {
    server = await startOpenLdap();
    store = await testStore();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    await store.db.rows({
      text: 'truncate employee, department, contact_point, contact, prompt, session, outbox, change, change_set restart identity cascade',
      values: [],
    });
    const { entries } = await findEntries(sourceFor({ filter: '(objectClass=*)', base: 'dc=romashka,dc=example' }));
    for (const { dn } of entries) if (dn.startsWith('cn=')) await server.remove(dn);
  });

  test('people come in with their addresses; looking again changes nothing', async () => {
    await person('Anna', {
      displayName: 'Анна Коваль',
      mail: 'Anna@romashka.example',
      proxyAddresses: ['SMTP:anna@romashka.example', 'smtp:koval@romashka.example', 'x500:/o=Romashka/cn=anna'],
      telephoneNumber: '+380 44 000-10-00 ext. 101',
      mobile: '(050) 123-45-67',
      department: 'Продажи',
    });
    await person('Printer', { description: 'nobody' });
    const first = await take();
    expect(first).toEqual({ found: 1, created: 1, changed: 0, left: [], notes: [] });
    const anna = {
      name: 'Анна Коваль',
      email: 'anna@romashka.example',
      active: true,
      role: 'employee',
      department: 'Продажи',
      points: ['email anna@romashka.example', 'email koval@romashka.example', 'extension 101', 'phone +380501234567'],
    };
    expect(await employees()).toEqual([anna]);
    expect(await take()).toEqual({ ...first, created: 0 });
    expect(await store.db.rows(sql`select kind, label from change_set`)).toEqual([
      { kind: 'import', label: server.tlsUrl },
    ]);
  });

  test('the same person whatever changes: name, address, place in the tree, extension', async () => {
    await person('Anna', { mail: 'anna@romashka.example', ipPhone: '101' });
    await take();
    await server.rename(`cn=Anna,${people}`, `cn=Anna Bondar,${people}`);
    await server.set(`cn=Anna Bondar,${people}`, 'mail', 'bondar@romashka.example');
    await server.set(`cn=Anna Bondar,${people}`, 'ipPhone', '102');
    expect(await take()).toMatchObject({ created: 0, changed: 1, left: [] });
    expect(await employees()).toMatchObject([
      {
        name: 'Anna Bondar',
        email: 'bondar@romashka.example',
        points: ['email anna@romashka.example', 'email bondar@romashka.example', 'extension 102'],
      },
    ]);
  });

  test('who stands in people.csv already is recognised by his address, or by a name that only he has', async () => {
    await store.db.rows(sql`
      insert into employee (key, name, email) values ('anna@romashka.example', 'Anna', 'anna@romashka.example'), ('boris', 'Boris', null)`);
    await person('A. Koval', { mail: 'anna@romashka.example' });
    await person('Boris', { mail: 'boris@romashka.example' });
    expect(await take()).toMatchObject({ created: 0, changed: 2 });
    expect(await employees()).toMatchObject([{ name: 'A. Koval' }, { name: 'Boris', email: 'boris@romashka.example' }]);
  });

  test('roles by groups', async () => {
    await person('Anna', { mail: 'anna@romashka.example' });
    await person('Boris', { mail: 'boris@romashka.example' });
    await server.add(`cn=Heads,${groups}`, { objectClass: 'groupOfNames', member: `CN=anna, ${people.toUpperCase()}` });
    await take({ groups: { supervisor: `cn=heads,${groups}`, it: null } });
    expect(await employees()).toMatchObject([
      { name: 'Anna', role: 'supervisor' },
      { name: 'Boris', role: 'employee' },
    ]);
  });

  test.each([
    ['Active Directory: disabled', 'userAccountControl', '514', 'disabled'],
    ['Active Directory: expired', 'accountExpires', '133000000000000000', 'expired'],
    ['POSIX: expired', 'shadowExpire', '1000', 'expired'],
    [
      'password policy: locked by an administrator',
      'pwdAccountLockedTime',
      '000001010000Z',
      'locked by an administrator',
    ],
  ])(
    '%s: links are closed and drafts go on to the substitute, in one step',
    async (_story, attribute, value, because) => {
      await person('Anna', { mail: 'anna@romashka.example', objectClass: ['user', 'shadowAccount'], uid: 'anna' });
      await person('Boris', { mail: 'boris@romashka.example' });
      await take();
      const { db } = store;
      await db.rows(sql`update employee set is_duty = true where name = 'Boris'`);
      const [contact] = await db.rows<{ id: string }>(sql`
      insert into contact (id, channel, direction, started_at, ended_at, connector, facts, state, owner_id)
      select gen_random_uuid(), 'call', 'inbound', now(), now(), 'pbx', '{}', 'draft', id from employee where name = 'Anna'
      returning id`);
      await db.rows(sql`
      insert into prompt (contact_id, employee_id, token_hash, message_id, expires_at)
      select ${contact?.id}, id, sha256('x'), '<x@y>', now() + interval '1 day' from employee where name = 'Anna'`);
      await db.rows(sql`
      insert into session (token_hash, employee_id, expires_at)
      select sha256(name::bytea), id, now() + interval '1 day' from employee`);
      await server.set(`cn=Anna,${people}`, attribute, value);

      expect((await take({}, true)).left).toMatchObject([{ name: 'Anna', because }]);
      expect((await employees())[0]).toMatchObject({ active: true }); // that was a look only
      expect((await take()).left).toMatchObject([{ name: 'Anna', because }]);
      const handed = await handOverDrafts(db, { defaultOwnerOf: () => null }, new Date());
      expect(handed).toHaveLength(1);
      expect(await db.rows(sql`select e.name from contact c join employee e on e.id = c.owner_id`)).toEqual([
        { name: 'Boris' },
      ]);
      expect(await db.rows(sql`select revoked_at is null as open from prompt`)).toEqual([{ open: false }]);
      expect(await db.rows(sql`select e.name from session s join employee e on e.id = s.employee_id`)).toEqual([
        { name: 'Boris' },
      ]);
      expect(await db.rows(sql`select job from outbox where ref = ${contact?.id}`)).toEqual([{ job: 'prompt' }]);
      expect(await db.rows(sql`select field, via from change where entity = 'contact'`)).toEqual([
        { field: 'owner', via: 'machine' },
      ]);
      expect(await handOverDrafts(db, { defaultOwnerOf: () => null }, new Date())).toEqual([]);
      expect((await employees())[0]).toMatchObject({ points: [] });

      await server.set(`cn=Anna,${people}`, attribute, '');
      await take();
      expect((await employees())[0]).toMatchObject({ name: 'Anna', active: true });
      expect(await db.rows(sql`select revoked_at is null as open from prompt`)).toEqual([{ open: false }]);
    },
  );

  test('a temporary lock after wrong passwords is no leaving', async () => {
    await person('Anna', { mail: 'anna@romashka.example' });
    await take();
    await server.set(`cn=Anna,${people}`, 'pwdAccountLockedTime', '20260101120000Z');
    expect(await take()).toMatchObject({ changed: 0, left: [] });
  });

  test('an account that is gone is a leaving; half of them gone at once is somebody’s error, and nobody leaves', async () => {
    const names = ['Anna', 'Boris', 'Dina', 'Egor', 'Fedir', 'Ganna', 'Hanna', 'Ivan'];
    for (const name of names) await person(name, { mail: `${name.toLowerCase()}@romashka.example` });
    await take();
    await server.remove(`cn=Anna,${people}`);
    expect((await take()).left).toMatchObject([{ name: 'Anna', because: 'no longer in the directory service' }]);
    for (const name of names.slice(1, 6)) await server.remove(`cn=${name},${people}`);
    const { left, notes } = await take();
    expect(left).toEqual([]);
    expect(notes).toEqual([
      '5 of 7 accounts are gone at once: nobody was disabled; is ldap.base or ldap.filter still right?',
    ]);
  });

  test('more people than a page of the server, and than it gives at once', async () => {
    for (let n = 0; n < 620; n++) await person(`p${n}`, { mail: `p${n}@romashka.example` });
    expect(await take({ bindDn: root })).toMatchObject({ found: 620, created: 620 });
  });

  test('an office of accounts alone starts with them; then each look tells who knows our people by heart', async () => {
    await person('Anna', { mail: 'anna@romashka.example' });
    const { db } = store;
    const office = { country: 'UA', duty: null };
    const config = { ldap: sourceFor(), own: { extensions: /^\d{3}$/ }, office };
    await firstPeople({ db, clock: systemClock, config });
    expect(await employees()).toMatchObject([{ name: 'Anna' }]);
    let renewed = 0;
    const options = {
      db,
      clock: systemClock,
      log: createLog({ level: 'silent', pretty: false, destination: process.stderr }),
      config: () => config,
      office: () => ({ assign: { defaultOwnerOf: () => null } }),
      kick: () => {},
      onChange: async () => {
        renewed += 1;
      },
    };
    await look(options);
    expect(renewed).toBe(0);
    await person('Boris', { mail: 'boris@romashka.example' });
    await look(options);
    expect(renewed).toBe(1);
    expect(await db.rows(sql`select name from employee where is_duty`)).toEqual([{ name: 'Anna' }]);
  });

  test.each([
    ['a wrong password', () => ({ password: 'wrong' }), 'ldap.login_refused', 'reconfigure'],
    ['no such base', () => ({ base: 'ou=nobody,dc=romashka,dc=example' }), 'ldap.no_such_base', 'reconfigure'],
    ['a broken filter', () => ({ filter: '(mail=*' }), 'ldap.refused', 'reconfigure'],
    ['an authority nobody knows', () => ({ ca: null }), 'ldap.tls_refused', 'reconfigure'],
    [
      'a certificate of another name',
      () => ({ url: server.tlsUrl.replace('localhost', '127.0.0.1') }),
      'ldap.tls_refused',
      'reconfigure',
    ],
    ['a file that is not there', () => ({ ca: '/nowhere.pem' }), 'ldap.tls_refused', 'reconfigure'],
    ['nobody there', () => ({ url: 'ldaps://localhost:1' }), 'ldap.unreachable', 'retry'],
  ] as const)('%s', async (_story, part, code, remedy) => {
    await expect(findEntries(sourceFor(part()))).rejects.toMatchObject({ code, remedy });
  });

  test('STARTTLS is verified, too', async () => {
    await person('Anna', { mail: 'anna@romashka.example' });
    const url = server.url.replace('127.0.0.1', 'localhost');
    expect(await take({ url, tls: 'starttls' })).toMatchObject({ created: 1 });
    await expect(findEntries(sourceFor({ url, tls: 'starttls', ca: null }))).rejects.toMatchObject({
      code: 'ldap.tls_refused',
    });
  });
});
