import { expect, test } from 'vitest';
import { createClient, editClients, editEmployees, editPoints } from '../../src/directory/edit.ts';
import { type Db, sql } from '../../src/store/base/db.ts';
import { openChangeSet } from '../../src/store/history/change-log.ts';
import { neverCaptured } from '../../src/store/intake/exclusions.ts';
import { formsIn, submit } from '../kit/forms.ts';
import { addCall, addClient, addEmployee, openOffice } from './office.ts';

const office = await openOffice();
const { db, url } = office;
const people = {
  anna: await addEmployee(db, { name: 'Анна' }),
  boris: await addEmployee(db, { name: 'Борис' }),
  it: await addEmployee(db, { name: 'Айтишник', role: 'it' }),
  boss: await addEmployee(db, { name: 'Босс', role: 'supervisor' }),
};
type Who = keyof typeof people;
const cookies: Record<Who, string> = {
  anna: await office.cookieOf(people.anna),
  boris: await office.cookieOf(people.boris),
  it: await office.cookieOf(people.it),
  boss: await office.cookieOf(people.boss),
};
const acme = await addClient(db, { name: 'Ромашка', person: 'Иван', phone: '+380671230000' });
const zorg = await addClient(db, { name: 'Прогресс' });
const number = '+380671230001';
const call = await addCall(db, { ownerId: people.anna });
await db.rows(
  sql`update contact set outside_norm = ${number}, match = '{"verdict":"stranger","because":"nobody","candidates":[]}' where id = ${call}`,
);
const gist = await addCall(db, { ownerId: people.anna, clientId: acme.id, gist: 'Первое.' });

async function change(
  who: Who | null,
  kind: 'edit' | 'import',
  work: (tx: Db, set: Parameters<typeof editClients>[1]) => Promise<unknown>,
) {
  return db.transaction(async (tx) => {
    const authorId = who === null ? null : people[who];
    const set = await openChangeSet(tx, { kind, via: 'session', authorId, label: null });
    await work(tx, set);
    const [row] = await tx.rows<{ id: string }>(sql`select max(id)::text as id from change where set_id = ${set.id}`);
    return { set: set.id, row: row?.id ?? '' };
  });
}
const edited = await change('anna', 'edit', (tx, set) =>
  editClients(tx, set, [{ id: acme.id, values: { note: 'Анны' } }]),
);
const handed = await change('boss', 'edit', (tx, set) =>
  editClients(tx, set, [{ id: acme.id, values: { responsibleId: people.boris } }]),
);
const imported = await change(null, 'import', (tx, set) => createClient(tx, set, { name: 'Из файла' }));
const hired = await change('boss', 'edit', (tx, set) =>
  editEmployees(tx, set, [{ id: people.it, values: { zone: 'Europe/Berlin' } }]),
);
let points = 0;
const pointOf = async (owner: { readonly client: string | null; readonly employee: string | null }) => {
  points += 1;
  const [row] = await db.rows<{ id: string }>(sql`
    insert into contact_point (kind, address, raw, client_id, employee_id, never_capture)
    values ('phone', ${`+38067999000${points}`}, '', ${owner.client}, ${owner.employee},
            ${owner.client === null && owner.employee === null}) returning id`);
  return row?.id ?? '';
};
const ended = (id: string) =>
  change('boss', 'edit', (tx, set) => editPoints(tx, set, [{ id, values: { until: '2026-01-01T00:00:00.000000Z' } }]));
const pointEnded = {
  clients: await ended(await pointOf({ client: acme.id, employee: null })),
  colleagues: await ended(await pointOf({ client: null, employee: people.boris })),
  nobodys: await ended(await pointOf({ client: null, employee: null })),
};
const wasNever = await pointOf({ client: acme.id, employee: null });
await change('boss', 'edit', (tx, set) => editPoints(tx, set, [{ id: wasNever, values: { neverCapture: true } }]));
const allowedAgain = await change('boss', 'edit', (tx, set) =>
  editPoints(tx, set, [{ id: wasNever, values: { neverCapture: false } }]),
);
await db.rows(sql`
  insert into change (via, author_id, entity, entity_id, client_id, field, old, new, edit)
  values ('session', ${people.anna}, 'contact', ${gist}, ${acme.id}, 'gist', '"Нулевое."', '"Первое."', 2)`);
const [said] = await db.rows<{ id: string }>(sql`select max(id)::text as id from change`);

const get = async (who: Who | null, path: string) =>
  (await fetch(url + path, { headers: who === null ? {} : { cookie: cookies[who] }, redirect: 'manual' })).status;
const stranger = `/strangers/one?address=${encodeURIComponent(number)}`;

/** Of each page: the owner of the stranger and author of one set, a colleague (responsible for the client), IT, the supervisor. */
test.each<[string, string, readonly [anna: number, boris: number, it: number, boss: number]]>([
  ['the list of strangers', '/strangers', [200, 200, 200, 200]],
  ['a stranger who called Anna', stranger, [200, 404, 404, 200]],
  ['a client’s form', `/c/${acme.id}/edit`, [200, 200, 200, 200]],
  ['merging', `/c/${acme.id}/merge`, [403, 403, 403, 200]],
  ['all sets of changes', '/changes', [403, 403, 403, 200]],
  ['the set that Anna made', `/changes/${edited.set}`, [200, 403, 403, 200]],
  ['an import', `/changes/${imported.set}`, [403, 403, 403, 200]],
  ['restoring a client’s note', `/change/${edited.row}`, [200, 200, 200, 200]],
  ['restoring who is responsible', `/change/${handed.row}`, [403, 200, 403, 200]],
  ['restoring what was written of Anna’s call', `/change/${said?.id}`, [200, 403, 403, 200]],
  ['restoring a client’s address', `/change/${pointEnded.clients.row}`, [200, 200, 200, 200]],
  ['restoring a colleague’s number', `/change/${pointEnded.colleagues.row}`, [403, 403, 403, 200]],
  ['restoring a number that is never captured', `/change/${pointEnded.nobodys.row}`, [403, 403, 403, 200]],
  ['restoring “never capture” of a client’s number', `/change/${allowedAgain.row}`, [403, 403, 403, 200]],
  ['restoring a colleague’s data', `/change/${hired.row}`, [403, 403, 403, 200]],
])('who sees %s', async (_what, path, [anna, boris, it, boss]) => {
  const seen = [await get('anna', path), await get('boris', path), await get('it', path), await get('boss', path)];
  expect(seen).toEqual([anna, boris, it, boss]);
  expect(await get(null, path)).toBe(303);
});

test('what was said to be private is nobody else’s to restore, and stands in no history', async () => {
  const id = await addCall(db, { ownerId: people.anna, clientId: zorg.id, gist: 'Тайна.' });
  await db.rows(sql`
    insert into change (via, author_id, entity, entity_id, client_id, field, old, new, edit)
    values ('session', ${people.anna}, 'contact', ${id}, ${zorg.id}, 'gist', '"Прежняя тайна."', '"Тайна."', 2)`);
  const [row] = await db.rows<{ id: string }>(sql`select max(id)::text as id from change`);
  expect([await get('anna', `/change/${row?.id}`), await get('boss', `/change/${row?.id}`)]).toEqual([200, 200]);
  await db.rows(sql`update contact set state = 'dismissed', outcome_by_hand = 'private' where id = ${id}`);
  expect([await get('anna', `/change/${row?.id}`), await get('boss', `/change/${row?.id}`)]).toEqual([200, 403]);
  const history = await (await fetch(`${url}/c/${zorg.id}`, { headers: { cookie: cookies.boss } })).text();
  expect(history).not.toContain('тайна');
});

test('a look back at the past is one line of the history, with the way to its set', async () => {
  const [set] = await db.rows<{ id: string }>(sql`
    insert into change_set (kind, via, label) values ('rematch', 'machine', '+380671110077') returning id::text`);
  await db.rows(sql`
    insert into client_moves (client_id, set_id, at, came, went) values (${zorg.id}, ${set?.id}::bigint, now(), 12, 3)`);
  const history = await (await fetch(`${url}/c/${zorg.id}`, { headers: { cookie: cookies.boss } })).text();
  expect(history.replace(/\s+/g, ' ')).toContain('просмотр прошлого по +380 67 111-00-77: пришло контактов 12, ушло 3');
  expect(history).toContain(`/changes/${set?.id}"`);
});

const everything = async () =>
  JSON.stringify(
    await db.rows(sql`
      select (select jsonb_agg(c order by id) from client c) as clients, (select jsonb_agg(p order by id) from person p) as people,
             (select jsonb_agg(p order by id) from contact_point p) as points, (select jsonb_agg(c order by id) from contact c) as contacts,
             (select count(*) from change) as changes, (select count(*) from change_set) as sets, (select count(*) from outbox) as jobs`),
  );

test('looking changes nothing, not even a look at what a roll-back would do', async () => {
  const before = await everything();
  const pages = [
    '/strangers',
    stranger,
    `/c/${acme.id}`,
    `/c/${acme.id}/edit`,
    `/c/${acme.id}/merge?with=${zorg.id}`,
    '/changes',
  ];
  const ways = [`/changes/${imported.set}`, `/changes/${edited.set}`, `/change/${edited.row}`, `/change/${said?.id}`];
  for (const path of [...pages, ...ways]) expect([path, await get('boss', path)]).toEqual([path, 200]);
  expect(await everything()).toBe(before);
});

test('no form of another page, of another person or of none does anything', async () => {
  const before = await everything();
  const proofIn = async (who: Who, path: string) =>
    /name="proof" value="([^"]+)"/g.exec(
      (await (await fetch(url + path, { headers: { cookie: cookies[who] } })).text()).split('<main')[1] ?? '',
    )?.[1] ?? '';
  const others = [await proofIn('boris', `/c/${acme.id}/edit`), await proofIn('anna', `/c/${zorg.id}/edit`), ''];
  const posts = [
    `/c/${acme.id}/edit`,
    `/c/${acme.id}/people`,
    `/c/${acme.id}/people/${acme.personId}`,
    `/c/${acme.id}/people/${acme.personId}/move`,
    `/c/${acme.id}/points`,
    `/c/${acme.id}/remember`,
    `/c/${acme.id}/merge`,
    `/change/${edited.row}`,
    `/changes/${edited.set}`,
    `/changes/${imported.set}`,
    `/contact/${call}/remember`,
    '/strangers/create',
    '/strangers/attach',
    '/strangers/not-client',
    '/strangers/never',
  ];
  const fields = { name: 'Чужое', address: number, client: acme.id, contact: gist, with: zorg.id, kind: 'phone' };
  for (const path of posts) {
    for (const proof of others) {
      const body = new URLSearchParams({ ...fields, proof });
      const answer = await fetch(url + path, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie: cookies.anna },
        body,
      });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  }
  expect(await everything()).toBe(before);
});

test('who is responsible is not said by just anybody, whatever he posts', async () => {
  const post = async (who: Who) => {
    const html = await (await fetch(`${url}/c/${acme.id}/edit`, { headers: { cookie: cookies[who] } })).text();
    const proof = /name="proof" value="([^"]+)"/.exec(html.split('<main')[1] ?? '')?.[1] ?? '';
    const seen = {
      'seen.name': 'Ромашка',
      'seen.kind': 'organisation',
      'seen.responsibleId': people.boris,
      'seen.note': 'Анны',
    };
    const body = new URLSearchParams({
      proof,
      ...seen,
      name: 'Ромашка',
      kind: 'organisation',
      note: 'Анны',
      responsibleId: people.anna,
    });
    const answer = await fetch(`${url}/c/${acme.id}/edit`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: cookies[who] },
      body,
    });
    return answer.status;
  };
  expect([await post('anna'), await post('it')]).toEqual([403, 403]);
  expect(await db.rows(sql`select responsible_id as id from client where id = ${acme.id}`)).toEqual([
    { id: people.boris },
  ]);
  expect(await post('boris')).toBe(303); // he hands over
  expect(await db.rows(sql`select responsible_id as id from client where id = ${acme.id}`)).toEqual([
    { id: people.anna },
  ]);
  // What he gave away he does not take back by taking his set back.
  const [set] = await db.rows<{ id: string }>(sql`select max(id)::text as id from change_set`);
  expect(await get('boris', `/changes/${set?.id}`)).toBe(403);
  expect(await get('boss', `/changes/${set?.id}`)).toBe(200);
});

test('that nothing of a client’s address is kept is said by supervisors, and taken back by them alone', async () => {
  const page = `${url}/c/${acme.id}/edit`;
  const [point] = await db.rows<{ id: string }>(
    sql`insert into contact_point (kind, address, raw, client_id) values ('phone', '+380671239999', 'x', ${acme.id}) returning id`,
  );
  const at = `/c/${acme.id}/points/${point?.id}`;
  const post = async (who: Who, ending: string, more: Readonly<Record<string, string>>) => {
    const open = ending.endsWith('/points') ? page : `${page}?open=${point?.id}`;
    const html = await (await fetch(open, { headers: { cookie: cookies[who] } })).text();
    const form = formsIn(html).find(({ action }) => action.endsWith(ending));
    if (form === undefined) throw new Error(`no form ${ending}`);
    return { ...form, status: (await submit(open, form, more, cookies[who])).status, html };
  };
  const marked = async () =>
    (
      await db.rows<{ address: string }>(
        sql`select address from contact_point where never_capture and address in ('+380671239999', 'secret.example') order by 1`,
      )
    ).map(({ address }) => address);
  const tried = await post('anna', at, { neverCapture: '1' });
  expect(tried.html).not.toContain('neverCapture');
  const fresh = { kind: 'domain', address: 'secret.example', neverCapture: '1' };
  expect((await post('it', `/c/${acme.id}/points`, fresh)).status).toBe(403);
  expect(await marked()).toEqual([]);
  expect((await post('boss', at, { neverCapture: '1' })).status).toBe(303);
  expect((await post('boss', `/c/${acme.id}/points`, fresh)).status).toBe(303);
  expect(await marked()).toEqual(['+380671239999', 'secret.example']);
  expect([...(await neverCaptured(db))]).toEqual(expect.arrayContaining(['+380671239999', 'secret.example']));
  // Who corrects something else does not take it away.
  const other = await post('anna', at, { mobile: '1' });
  expect([other.status, await marked()]).toEqual([303, ['+380671239999', 'secret.example']]);
  expect((await post('anna', at, { until: '2026-01-01' })).status).toBe(403);
  const sets = await db.rows<{ id: string }>(
    sql`select id::text from change_set where facts ->> 'neverCapture' = 'true' order by id`,
  );
  expect(sets).toHaveLength(2);
  for (const { id } of sets) expect(await get('anna', `/changes/${id}`)).toBe(403);
});

test('numbers, days and ids that are none: an answer, nothing broken', async () => {
  const odd = ['0', '-1', '99999999999999999999', 'x', '%00', '1e3', '922337203685477580'];
  for (const one of odd) {
    expect([one, await get('boss', `/changes/${one}`)]).toEqual([one, 404]);
    expect([one, await get('boss', `/change/${one}`)]).toEqual([one, 404]);
    expect([one, await get('boss', `/c/${one}/edit`)]).toEqual([one, 404]);
  }
  const queries = [
    `/strangers?from=x&did=<b>&what=%00`,
    `${stranger}&client=x&q=%00%27`,
    `/c/${acme.id}/edit?open=%27`,
    '/changes?before=x',
  ];
  for (const path of [...queries, `/c/${acme.id}?did=1'`]) expect([path, await get('boss', path)]).toEqual([path, 200]);
  expect(office.log()).not.toContain('web.broke');
});
