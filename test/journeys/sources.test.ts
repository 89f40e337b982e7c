import { afterAll, afterEach, expect, test } from 'vitest';
import { webServer } from '../../src/sources/reading/source.fixture.ts';
import { type Store, sql } from '../../src/store/index.ts';
import { configureSources, writeSourceGood, writeSourceOutcome } from '../../src/store/sources/sources.ts';
import { lookInto } from '../kit/look-into.ts';
import { makeOfficeFolder } from '../kit/office-folder.ts';
import { endAllPrograms, type Program, startProgram } from '../kit/program.ts';
import { addClient, addEmployee, openOffice } from './office.ts';

afterAll(endAllPrograms);

test('what a source holds is shown to supervisors and IT, and decided by them alone', async () => {
  const office = await openOffice();
  const { db, url } = office;
  const anna = await addEmployee(db, { name: 'Анна', language: 'en' });
  const ira = await addEmployee(db, { name: 'Ира', role: 'it', language: 'en' });
  const names = ['crm', 'shop'].map((name) => ({ name, reads: 'json', everyMs: 900_000 }));
  await configureSources(db, names);
  const rejected = [{ line: 7, column: 'phone', value: '<b>x</b>', reason: 'not a phone number' }];
  const told = { created: 5, changed: 0, ended: 2, kept: 1, rejected, rejectedCount: 1 };
  await writeSourceGood(db, 'crm', { count: 100, fingerprint: 'x', told, nextTryMs: 900_000 });
  const held = { state: 'held', fault: 'source.far_fewer', facts: {}, heldCount: 12, nextTryMs: 900_000 } as const;
  await writeSourceOutcome(db, 'crm', held);
  const facts = { place: 'https://crm.example/api', status: 503, said: 'busy', cure: 'wait' };
  await writeSourceOutcome(db, 'shop', {
    ...held,
    state: 'failing',
    fault: 'source.answered_error',
    facts,
    heldCount: null,
  });

  const [annas, iras] = [await office.cookieOf(anna), await office.cookieOf(ira)];
  const page = await (await fetch(`${url}/status`, { headers: { cookie: iras } })).text();
  for (const words of [
    '12 clients, there were 100',
    'item 7 · phone',
    '&lt;b>',
    'https://crm.example/api · 503 · busy',
    'No longer',
    'word of a colleague',
  ].filter((one) => one !== 'No longer'))
    expect(page.replaceAll('&gt;', '>')).toContain(words);
  const proof = /name="proof" value="([^"]+)"[^>]*>\s*<input type="hidden" name="count"/.exec(page)?.[1] ?? '';
  const answer = async (cookie: string, fields: Record<string, string>) =>
    (
      await fetch(`${url}/status/sources/crm`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie },
        body: new URLSearchParams(fields),
      })
    ).status;
  const state = async () =>
    (
      await db.rows(
        sql`select accepted_count as yes, discarded_count as no, answered_by as by from client_source where name = 'crm'`,
      )
    )[0];
  const open = { yes: null, no: null, by: null };
  expect(await answer(annas, { proof, count: '12', answer: 'accept' })).toBe(403);
  expect(await answer(iras, { count: '12', answer: 'accept' })).toBe(403);
  expect(await answer(iras, { proof, count: '12', answer: 'perhaps' })).toBe(400);
  expect(await answer(iras, { proof, count: '9', answer: 'accept' })).toBe(303); // of another answer: nothing happens
  expect(await state()).toEqual(open);
  expect(await answer(iras, { proof, count: '12', answer: 'accept' })).toBe(303);
  expect(await state()).toEqual({ yes: 12, no: null, by: ira });

  const acme = await addClient(db, { name: 'Acme' });
  await db.rows(sql`
    insert into client_given (source, key, client_id, said, kept, gone_at)
    values ('crm', '1', ${acme.id}, '{}', null, now()), ('shop', '1', ${acme.id}, '{}', '{"class": "B-class"}', null)`);
  const client = await (await fetch(`${url}/c/${acme.id}`, { headers: { cookie: annas } })).text();
  expect(client).toContain('Not in the source crm since');
  expect(client).toContain('The source shop says otherwise: B-class');
});

let daemon: Program | null = null;
let store: Store | null = null;
afterEach(async () => {
  await store?.close();
  if (daemon?.ended === null) await daemon.end();
});

test('the daemon keeps clients in step: it starts without waiting, keeps the last good copy, and heals', async () => {
  const crm = await webServer();
  const folder = makeOfficeFolder();
  afterAll(async () => {
    await crm.close();
    folder.remove();
  });
  crm.answers(() => {}); // says nothing at all
  folder.writeRaw(`office: { name: Ромашка, country: UA, timezone: Europe/Kyiv }
web: { listen: "127.0.0.1:0" }
people: ./people.csv
clients:
  - ./clients.csv
  - { name: crm, timeout: 3s, every: 10s, key: id, json: { url: "${crm.url}/api?token=geheim", items: data, fields: { name: title, phone: tel } } }
`);
  daemon = startProgram(['run', '--config', folder.file]);
  const begun = performance.now();
  await daemon.line(/^listening on (\S+)$/);
  expect(performance.now() - begun).toBeLessThan(15_000);
  store = await lookInto(folder.dataDir);
  const { db } = store;
  const found = async () => (await db.rows<{ n: number }>(sql`select count(*)::int as n from client`))[0]?.n ?? 0;
  const local = await found();
  expect(local).toBeGreaterThan(0); // the file of this machine is there at once
  const late = await daemon.logged('source.failed', ({ source }) => source === 'crm', { withinMs: 20_000 });
  expect(JSON.stringify(late)).toContain('source.timed_out');
  expect(JSON.stringify(late)).not.toContain('geheim');

  const say = (rows: readonly object[]) => crm.says(JSON.stringify({ data: rows }));
  const rows = Array.from({ length: 50 }, (_, i) => ({
    id: i,
    title: `Client ${i}`,
    tel: `+38050${String(i).padStart(7, '0')}`,
  }));
  say(rows);
  daemon.signal('SIGHUP');
  await expect.poll(found, { timeout: 20_000 }).toBe(local + 50);
  // half of them gone: held, until somebody says yes on the command line
  say(rows.slice(0, 20));
  await daemon.logged('source.held', undefined, { withinMs: 25_000 });
  expect(await db.rows(sql`select state, held_count as n from client_source where name = 'crm'`)).toEqual([
    { state: 'held', n: 20 },
  ]);
  const cli = startProgram(['import', 'clients', '--source', 'crm', '--accept', '--config', folder.file]);
  expect(await cli.untilEnd(30_000)).toBe(0);
  expect(cli.out.join('\n')).toContain('30 gone');
  expect(await found()).toBe(local + 50);
  expect(await daemon.end('SIGTERM', 10_000)).toBe(0);
});
