import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeOfficeFolder } from '../../../test/kit/office-folder.ts';
import { ownServer, type TestServer } from '../../../test/kit/postgres.ts';
import { hashOf } from '../../core/token.ts';
import { newId } from '../../ops/chance.ts';
import { silentLog } from '../../ops/log.ts';
import { addSession, sessionVisitor, useSignIn } from '../../store/access/sessions.ts';
import { sql } from '../../store/base/db.ts';
import { openStore, type Store } from '../../store/index.ts';
import { linkByHash } from '../../store/prompts/prompts.ts';
import type { Io } from '../base/command.ts';
import { runCommandLine } from '../index.ts';

const folder = makeOfficeFolder();
let server: TestServer;
let store: Store;
beforeAll(async () => {
  server = await ownServer();
  folder.write({ smtp: 'smtp://127.0.0.1:1', trunks: [], database: server.url, webPort: 8080 });
  expect(await letopis('sessions', 'end', '--all')).toMatchObject({ code: 0 }); // makes the tables
  store = await openStore({ url: server.url, log: silentLog });
  for (const [key, name] of [
    ['olga', 'Ольга'],
    ['ivan', 'Іван'],
    ['ivan2', 'Іван'],
  ])
    await store.db.rows(sql`insert into employee (key, name, email) values (${key}, ${name}, ${`${key}@r.example`})`);
});
afterAll(async () => {
  await store.close();
  await server.stop();
  folder.remove();
});

async function letopis(...args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const io: Io = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    stdin: process.stdin,
    isTTY: false,
    env: {},
    cwd: folder.folder,
  };
  const code = await runCommandLine([...args, '--config', folder.file], io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const idOf = async (email: string) =>
  (await store.db.rows<{ id: string }>(sql`select id from employee where email = ${email}`))[0]?.id ?? '';

async function session(email: string) {
  const hash = hashOf(newId());
  await addSession(store.db, hash, await idOf(email), new Date());
  return async () => (await sessionVisitor(store.db, hash, new Date()))?.email ?? null;
}

async function promptLink(email: string) {
  const [hash, contactId, owner] = [hashOf(newId()), newId(), await idOf(email)];
  await store.db.rows(sql`
    insert into contact (id, channel, direction, started_at, ended_at, connector, facts, state, owner_id, decided_at, match)
    values (${contactId}, 'call', 'inbound', now(), now(), 'office', '{}', 'draft', ${owner}, now(), '{"verdict":"stranger"}')`);
  await store.db.rows(sql`
    insert into prompt (contact_id, employee_id, generation, token_hash, message_id, created_at, expires_at)
    values (${contactId}, ${owner}, 1, ${hash}, ${`<${contactId}@r.example>`}, now(), now() + interval '14 days')`);
  return async () => (await linkByHash(store.db, hash))?.revokedAt ?? null;
}

const tokenIn = (link: string) => link.split('/').at(-1) ?? '';

test('a sign-in link is printed for a name or an address, works once, and is that person’s', async () => {
  const printed = await letopis('sign-in', 'Ольга');
  expect(printed).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^http:\/\/127\.0\.0\.1:8080\/sign-in\/[\w-]{43}$/),
  });
  expect(await useSignIn(store.db, hashOf(tokenIn(printed.out)), new Date())).toBe(await idOf('olga@r.example'));
  expect(await useSignIn(store.db, hashOf(tokenIn(printed.out)), new Date())).toBe(null);
  const { out } = await letopis('sign-in', 'ivan@r.example', '--json');
  expect(JSON.parse(out)).toEqual({ name: 'Іван', link: expect.any(String), expiresAt: expect.any(String) });
});

test('the sessions and unused sign-in links of one person end, nobody else’s; --all ends the others', async () => {
  const [olga, ivan] = [await session('olga@r.example'), await session('ivan@r.example')];
  const { out: link } = await letopis('sign-in', 'Ольга');
  expect(await letopis('sessions', 'end', 'Ольга')).toMatchObject({
    code: 0,
    out: 'Ольга: 1 sessions and 1 unused sign-in links ended',
  });
  expect([await olga(), await ivan()]).toEqual([null, 'ivan@r.example']);
  expect(await useSignIn(store.db, hashOf(tokenIn(link)), new Date())).toBe(null);
  expect(JSON.parse((await letopis('sessions', 'end', '--all', '--json')).out)).toMatchObject({
    name: null,
    sessions: 1,
  });
  expect(await ivan()).toBe(null);
});

test('the links of one person are revoked, also of somebody who left; the colleague’s stay', async () => {
  const [olga, ivan] = [await promptLink('olga@r.example'), await promptLink('ivan@r.example')];
  await store.db.rows(sql`update employee set active = false where email = 'olga@r.example'`);
  expect(await letopis('links', 'revoke', 'Ольга')).toMatchObject({ code: 0, out: 'Ольга: 1 links revoked' });
  expect([await olga(), await ivan()]).toEqual([expect.any(Date), null]);
  expect((await letopis('links', 'revoke', 'Ольга')).out).toBe('Ольга: 0 links revoked');
  expect(await letopis('sign-in', 'Ольга')).toMatchObject({ code: 1, out: '' });
});

test.each([
  [['sign-in'], 64, 'expected a name, an e-mail address or an extension'],
  [['sign-in', 'Petro', 'Ivanenko'], 64, 'put a name of several words in quotes'],
  [['sign-in', 'Петро'], 1, 'nobody of our people is called so'],
  [['sign-in', 'Іван'], 1, 'write the e-mail address (ivan@r.example, ivan2@r.example)'],
  [['sessions', 'list'], 64, 'expected end'],
  [['sessions', 'end'], 64, 'expected either a name or --all'],
  [['sessions', 'end', 'Іван', '--all'], 64, 'expected either a name or --all'],
  [['links', 'revoke'], 64, 'expected a name'],
])('letopis %s is told what to write instead', async (args, code, words) => {
  expect(await letopis(...args)).toMatchObject({ code, err: expect.stringContaining(words) });
});
