import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeOfficeFolder } from '../../test/kit/office-folder.ts';
import { ownServer, type TestServer } from '../../test/kit/postgres.ts';
import type { Io } from './base/command.ts';
import { runCommandLine } from './index.ts';

const folder = makeOfficeFolder();
let server: TestServer;
beforeAll(async () => {
  server = await ownServer();
  folder.write({ smtp: 'smtp://127.0.0.1:1', trunks: [], database: server.url });
});
afterAll(async () => {
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

test('a token is shown once, listed without itself, revoked, and its name is free again', async () => {
  const made = await letopis('token', 'add', 'crm', '--scope', 'clients:read,contacts:read', '--days', '30');
  expect([made.code, made.out]).toEqual([0, expect.stringMatching(/^letopis_[A-Za-z0-9_-]{43}$/)]);
  const list = await letopis('token', 'list');
  expect(list.out).toMatch(/^crm: clients:read, contacts:read; used never, until \d{4}-/);
  expect(list.out).not.toContain(made.out);
  expect(await letopis('token', 'add', 'crm', '--scope', 'clients:read')).toMatchObject({
    code: 1,
    err: expect.stringContaining('there is a token crm; revoke it first'),
  });
  expect((await letopis('token', 'revoke', 'crm')).out).toBe('crm: revoked');
  expect((await letopis('token', 'revoke', 'crm')).code).toBe(1);
  const again = await letopis('token', 'add', 'crm', '--scope', 'clients:read', '--json');
  expect(JSON.parse(again.out)).toMatchObject({
    name: 'crm',
    source: 'crm',
    scopes: ['clients:read'],
    expiresAt: null,
  });
  expect((await letopis('token', 'list')).out.split('\n')[1]).toContain(', revoked ');
});

test.each([
  [['token'], 'expected add, list or revoke'],
  [['token', 'add'], 'expected a name: letopis token add crm --scope clients:read'],
  [['token', 'add', 'Моя CRM', '--scope', 'clients:read'], 'expected a name of small letters, digits and hyphens'],
  [['token', 'add', 'crm'], 'expected --scope with some of clients:read'],
  [['token', 'add', 'crm', '--scope', 'client:read'], 'unknown scope client:read, did you mean clients:read?'],
  [['token', 'add', 'crm', '--scope', 'clients:read', '--days', 'soon'], 'expected a number of days, found soon'],
  [['webhooks', 'replay', 'crm'], 'expected one of --since TIME, --event ID, --given-up'],
  [['webhooks', 'replay', '--given-up'], 'expected the name of a target: letopis webhooks replay crm'],
  [['webhooks', 'replay', 'crm', '--since', 'yesterday'], 'expected a time such as 2026-11-26T09:00:00+02:00'],
  [['webhooks', 'show', '--event', '7'], '7 is no id of an event'],
  [['webhooks', 'show', '--state', 'lost'], 'expected waiting, accepted or given-up, found lost'],
  [['webhooks', 'send'], 'expected list, show, replay or enable'],
])('letopis %s is told what to write instead', async (args, words) => {
  expect(await letopis(...args)).toMatchObject({ code: 64, err: expect.stringContaining(words) });
});

test('a target nobody configured is told', async () => {
  expect(await letopis('webhooks', 'enable', 'crm')).toMatchObject({
    code: 1,
    err: 'letopis webhooks: there is no target crm, see letopis webhooks list',
  });
  expect((await letopis('webhooks', 'list')).err).toContain('no target is configured');
});
