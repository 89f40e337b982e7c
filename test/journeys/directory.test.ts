import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { readClients } from '../../src/directory/files/clients.ts';
import { importClients } from '../../src/directory/files/import-clients.ts';
import { type Db, sql } from '../../src/store/base/db.ts';
import { overflow, violations } from './barriers.ts';
import { openBrowser } from './browser.ts';
import { addCall, addClient, addEmployee, openOffice } from './office.ts';

const office = await openOffice();
const { db, url } = office;
const browser = await openBrowser();
const boss = await addEmployee(db, { name: 'Ольга Петренко', role: 'supervisor' });
const anna = await addEmployee(db, { name: 'Анна Бойко' });
const boris = await addEmployee(db, { name: 'Борис Ткач' });

/** A phone without scripts, signed in. */
async function phoneOf(employeeId: string, options = {}): Promise<Page> {
  const phone: BrowserContext = await browser.phone({ javaScriptEnabled: false, ...options });
  const page = await phone.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(await office.signIn(employeeId));
  await page.locator('button').first().click();
  return page;
}

/** A call from a number that nobody knows. */
async function strangerCall(
  ownerId: string,
  number: string,
  name: string | null = null,
  hoursAgo = 1,
): Promise<string> {
  const startedAt = new Date(Date.now() - hoursAgo * 3_600_000);
  const id = await addCall(db, { ownerId, outsideName: name, startedAt });
  await db.rows(sql`update contact set outside = ${number}, outside_norm = ${number},
    match = '{"verdict":"stranger","candidates":[],"because":"nobody"}' where id = ${id}`);
  return id;
}

async function pointsAt(number: string) {
  return db.rows(sql`
    select coalesce(cl.name, pc.name) as client, p.since = '-infinity' as ever, p.until = 'infinity' as open, p.not_client as "notClient"
      from contact_point p left join client cl on cl.id = p.client_id
      left join person pe on pe.id = p.person_id left join client pc on pc.id = pe.client_id
     where p.address = ${number} and p.since < p.until`);
}

const clientOf = async (id: string) =>
  (
    await db.rows<{ name: string | null }>(sql`
    select cl.name from contact c left join client cl on cl.id = c.client_id where c.id = ${id}`)
  )[0]?.name ?? null;

test('a stranger becomes a client, his past comes along, and all of it can be taken back', async () => {
  const number = '+380671110001';
  const ids = [
    await strangerCall(anna, number, 'Ромашка ООО', 1),
    await strangerCall(anna, number, null, 50),
    await strangerCall(boris, number, null, 99),
  ];
  await strangerCall(boris, '+380671110002', 'Тайный гость');
  const page = await phoneOf(anna);
  await page.goto(`${url}/strangers`);
  expect(await page.getByText('Тайный гость').count()).toBe(0); // he called Boris
  await page.getByText('Ромашка ООО').waitFor();
  await page.getByRole('link', { name: /111-00-01/ }).click();
  expect(await page.getByLabel('Название', { exact: true }).inputValue()).toBe('Ромашка ООО');
  await page.getByLabel('Человек').last().fill('Иван Сидоренко');
  await page.getByRole('button', { name: 'Создать клиента' }).click();
  await page.getByRole('heading', { name: 'Ромашка ООО' }).waitFor();
  expect(await page.locator('article').count()).toBe(3);
  expect(await Promise.all(ids.map(clientOf))).toEqual(['Ромашка ООО', 'Ромашка ООО', 'Ромашка ООО']);
  expect(await pointsAt(number)).toEqual([{ client: 'Ромашка ООО', ever: true, open: true, notClient: false }]);
  await page.getByRole('link', { name: 'Отменить' }).click();
  await page.getByRole('button', { name: 'Отменить всё это' }).click();
  await page.getByText(/^\s*Отменено:/).waitFor();
  expect(await Promise.all(ids.map(clientOf))).toEqual([null, null, null]);
  expect(await pointsAt(number)).toEqual([]);
  await page.goto(`${url}/strangers`);
  await page.getByText('Ромашка ООО').waitFor();
  // The undoing is undone, by a supervisor, in the list of all changes.
  const boss1 = await phoneOf(boss);
  await boss1.goto(`${url}/changes`);
  await boss1.getByRole('link', { name: /Откат/ }).first().click();
  await boss1.getByRole('button', { name: 'Отменить всё это' }).click();
  await boss1.getByText(/^\s*Отменено:/).waitFor();
  expect(await Promise.all(ids.map(clientOf))).toEqual(['Ромашка ООО', 'Ромашка ООО', 'Ромашка ООО']);
});

test('a stranger is no client: his drafts leave the desk, but for the one in which somebody writes', async () => {
  const number = '+380671110003';
  const [draft, begun] = [await strangerCall(anna, number, 'Опрос'), await strangerCall(anna, number)];
  await db.rows(sql`update contact set typing = 'Они' where id = ${begun}`);
  const page = await phoneOf(anna);
  await page.goto(`${url}/strangers/one?address=${encodeURIComponent(number)}`);
  expect(await page.getByRole('button', { name: 'Никогда не записывать' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Не клиент' }).click();
  await page.getByRole('link', { name: 'Отменить' }).waitFor();
  const states = () =>
    db.rows(
      sql`select state, dismiss_reason as why from contact where id = any(${[draft, begun]}) order by typing nulls first`,
    );
  expect(await states()).toEqual([
    { state: 'dismissed', why: 'not-client' },
    { state: 'draft', why: null },
  ]);
  expect(await pointsAt(number)).toEqual([{ client: null, ever: true, open: true, notClient: true }]);
  await page.getByRole('link', { name: 'Отменить' }).click();
  await page.getByRole('button', { name: 'Отменить всё это' }).click();
  await page.getByText(/^\s*Отменено:/).waitFor();
  expect(await states()).toEqual([
    { state: 'draft', why: null },
    { state: 'draft', why: null },
  ]);
  expect(await pointsAt(number)).toEqual([]);
});

test('two people act on the same stranger at once: the second is told what the first said', async () => {
  const number = '+380671110004';
  await strangerCall(anna, number, 'Двое');
  await strangerCall(boris, number);
  const [one, other] = [await phoneOf(anna), await phoneOf(boris)];
  for (const page of [one, other]) await page.goto(`${url}/strangers/one?address=${encodeURIComponent(number)}`);
  await one.getByLabel('Название', { exact: true }).fill('Первый');
  await other.getByLabel('Название', { exact: true }).fill('Второй');
  await Promise.all([one, other].map((page) => page.getByRole('button', { name: 'Создать клиента' }).click()));
  const [points] = await Promise.all([pointsAt(number), one.waitForLoadState(), other.waitForLoadState()]);
  expect(points).toHaveLength(1);
  const texts = await Promise.all([one, other].map((page) => page.locator('main').innerText()));
  expect(texts.filter((text) => text.includes('Кто-то успел раньше'))).toHaveLength(1);
  const made = await db.rows(sql`select from client where name in ('Первый', 'Второй')`);
  expect(made).toHaveLength(1);
});

test('two clients are one, and two again', async () => {
  const [kept, gone] = [
    await addClient(db, { name: 'Альфа', person: 'Иван Петров', phone: '+380672220001' }),
    await addClient(db, { name: 'Альфа Плюс', person: 'иван петров', phone: '+380672220002' }),
  ];
  await db.rows(sql`update client set note = 'Платит вовремя' where id = ${gone.id}`);
  await addCall(db, { ownerId: anna, clientId: kept.id, gist: 'Разговор Альфы.' });
  await addCall(db, { ownerId: anna, clientId: gone.id, personId: gone.personId, gist: 'Разговор Плюса.' });
  const page = await phoneOf(boss);
  await page.goto(`${url}/c/${kept.id}/edit`);
  await page.getByRole('link', { name: 'Объединить с другим клиентом…' }).click();
  await page.getByLabel('Имя клиента').fill('Альфа');
  await page.getByRole('button', { name: 'Найти' }).click();
  await page.getByRole('link', { name: 'Альфа Плюс' }).click();
  await page.getByRole('button', { name: 'Объединить' }).click();
  await page.getByText('Разговор Плюса.').waitFor();
  await page.getByText('Разговор Альфы.').waitFor();
  await page.getByText('Платит вовремя').waitFor();
  await page.getByText(/с этим клиентом объединён Альфа Плюс/).waitFor();
  const merged = page.url();
  await page.goto(`${url}/c/${gone.id}`);
  expect(new URL(page.url()).pathname).toBe(`/c/${kept.id}`);
  await page.goto(`${url}/clients?q=${encodeURIComponent('Альфа')}`);
  expect(await page.locator('main li').count()).toBe(1);
  await addCall(db, { ownerId: anna, clientId: kept.id, gist: 'Уже после.' });
  await page.goto(merged);
  await page.getByRole('link', { name: 'Отменить' }).click();
  await page.getByText(/1 контакт пришёл после объединения и останется у Альфа/).waitFor();
  await page.getByRole('button', { name: 'Отменить всё это' }).click();
  await page.getByText(/^\s*Отменено:/).waitFor();
  await page.goto(`${url}/c/${gone.id}`);
  await page.getByText('Разговор Плюса.').waitFor();
  expect(await page.getByText('Разговор Альфы.').count()).toBe(0);
  expect(await page.locator('article').count()).toBe(1);
  await page.goto(`${url}/c/${kept.id}`);
  await page.getByText('Уже после.').waitFor();
  expect(await page.getByText('Разговор Плюса.').count()).toBe(0);
});

test('an import is rolled back: what was used since is shown first and stays', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `Завоз ${i},050 333-00-${String(i).padStart(2, '0')}`).join('\n');
  const read = readClients(`name,phone\n${rows}\n`, { file: 'zavoz.csv', region: 'UA' });
  await importClients(db, read, { by: { authorId: boss, via: 'import' } });
  const [used] = await db.rows<{ id: string }>(sql`select id from client where name = 'Завоз 7'`);
  await addCall(db, { ownerId: anna, clientId: used?.id ?? '', gist: 'Заказали.' });
  const page = await phoneOf(boss);
  await page.goto(`${url}/changes`);
  await page.getByRole('link', { name: /Импорт: zavoz\.csv/ }).click();
  await page.getByText(/клиенты: 29/).waitFor();
  await page.getByText(/Перезаписать: Завоз 7/).waitFor();
  expect((await db.rows(sql`select from client where name like 'Завоз %' and removed_at is null`)).length).toBe(30);
  await page.getByRole('button', { name: 'Отменить всё это' }).click();
  await page.getByText('1 осталось как есть.').waitFor();
  const left = () => db.rows(sql`select name from client where name like 'Завоз %' and removed_at is null`);
  expect(await left()).toEqual([{ name: 'Завоз 7' }]);
  expect((await pointsAt('+380503330007')).length).toBe(1);
  await page.getByLabel(/Перезаписать: Завоз 7/).check();
  await page.getByRole('button', { name: 'Отменить всё это' }).click();
  await page.getByText(/^\s*Отменено:/).waitFor();
  expect(await left()).toEqual([]);
  await page.goto(`${url}/c/${used?.id}`);
  await page.getByText('Этого клиента отменили. История осталась.').waitFor();
  await page.getByText('Заказали.').waitFor();
});

test('all that is in use of a wrong import is taken back with one mark, but nothing that came to it meanwhile', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `Мимо ${i},050 444-00-${String(i).padStart(2, '0')}`).join('\n');
  const read = readClients(`name,phone\n${rows}\n`, { file: 'mimo.csv', region: 'UA' });
  await importClients(db, read, { by: { authorId: boss, via: 'import' } });
  const used = await db.rows<{ id: string }>(
    sql`select id from client where name like 'Мимо %' order by name limit 20`,
  );
  for (const { id } of used) await addCall(db, { ownerId: anna, clientId: id, gist: 'Говорили.' });
  const page = await phoneOf(boss);
  await page.goto(`${url}/changes`);
  await page.getByRole('link', { name: /Импорт: mimo\.csv/ }).click();
  await page.getByLabel('Отменить и всё, чем уже пользуются (20)').check();
  const [late] = await db.rows<{ id: string }>(sql`select id from client where name = 'Мимо 9'`);
  await addCall(db, { ownerId: anna, clientId: late?.id ?? '', gist: 'Пришло позже.' });
  const left = () => db.rows(sql`select from client where name like 'Мимо %' and removed_at is null`);
  await page.getByRole('button', { name: 'Отменить всё это' }).click();
  await page.getByText('21 осталось как есть.').waitFor(); // it was not what he had seen
  expect((await left()).length).toBe(21);
  await page.getByLabel('Отменить и всё, чем уже пользуются (21)').check();
  await page.getByRole('button', { name: 'Отменить всё это' }).click();
  await page.getByText(/^\s*Отменено:/).waitFor();
  expect((await left()).length).toBe(0);
});

test('a gist is restored from the history by who may write it; what was written since is seen first', async () => {
  const client = await addClient(db, { name: 'Клиент сути' });
  const id = await addCall(db, { ownerId: anna, clientId: client.id, gist: 'Первый текст.' });
  const page = await phoneOf(anna);
  const write = async (gist: string) => {
    await page.goto(`${url}/contact/${id}`);
    await page.fill('#gist', gist);
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByRole('link', { name: 'Поправить' }).or(page.getByText(gist)).first().waitFor();
  };
  await write('Второй текст.');
  await page.goto(`${url}/c/${client.id}`);
  await page.locator('.change', { hasText: 'Второй текст.' }).getByRole('link').click();
  const restoring = page.url();
  const other = await phoneOf(boss);
  await other.goto(restoring);
  await page.getByRole('button', { name: 'Вернуть как было' }).click();
  await page.getByText('Первый текст.').first().waitFor();
  const gist = async () => (await db.rows<{ gist: string }>(sql`select gist from contact where id = ${id}`))[0]?.gist;
  expect(await gist()).toBe('Первый текст.');
  await write('Третий текст.');
  // The supervisor's page is older than that: he is shown it, nothing is overwritten.
  await other.getByRole('button', { name: 'Вернуть как было' }).click();
  await other.getByText('За это время запись изменили.').waitFor();
  await other.getByText('Третий текст.').waitFor();
  expect(await gist()).toBe('Третий текст.');
  await other.getByRole('button', { name: 'Вернуть как было' }).click();
  await other.getByText('Клиент сути').first().waitFor();
  expect(await gist()).toBe('Первый текст.');
  const [row] = await db.rows(sql`
    select s.kind, c.old, c.new, c.undoes is not null as undoes from change c join change_set s on s.id = c.set_id
     where c.entity_id = ${id} and c.field = 'gist' order by c.id desc limit 1`);
  expect(row).toEqual({ kind: 'rollback', old: 'Третий текст.', new: 'Первый текст.', undoes: true });
  const stranger = await phoneOf(boris);
  expect((await stranger.goto(restoring))?.status()).toBe(403);
});

test('a client is put right by two people at once: other fields do not meet, the same field is shown first', async () => {
  const { id } = await addClient(db, { name: 'Старое имя' });
  const [one, other] = [await phoneOf(anna), await phoneOf(boris)];
  for (const page of [one, other]) await page.goto(`${url}/c/${id}/edit`);
  await one.getByLabel('Название').fill('Новое имя');
  await other.getByLabel('Заметка').fill('Звонить утром');
  await one.getByRole('button', { name: 'Сохранить' }).first().click();
  await other.getByRole('button', { name: 'Сохранить' }).first().click();
  const now = () => db.rows(sql`select name, note from client where id = ${id}`);
  expect(await now()).toEqual([{ name: 'Новое имя', note: 'Звонить утром' }]);
  for (const page of [one, other]) await page.goto(`${url}/c/${id}/edit`);
  await one.getByLabel('Название').fill('Имя Анны');
  await other.getByLabel('Название').fill('Имя Бориса');
  await one.getByRole('button', { name: 'Сохранить' }).first().click();
  await other.getByRole('button', { name: 'Сохранить' }).first().click();
  await other.getByText('«название» за это время изменили: теперь «Имя Анны».').waitFor();
  expect(await other.getByLabel('Название').inputValue()).toBe('Имя Бориса');
  expect(await now()).toMatchObject([{ name: 'Имя Анны' }]);
  await other.getByRole('button', { name: 'Сохранить' }).first().click();
  expect(await now()).toMatchObject([{ name: 'Имя Бориса' }]);
});

test.each([
  ['as the API writes it', 'Звонить утром.\n\nПлатит: сразу.'],
  ['as a file has it', 'Звонить утром. \r\n\r\nПлатит: сразу.\r\n'],
])('a client with a note of several lines is put right, and the note stays: %s', async (how, note) => {
  const { id } = await addClient(db, { name: `С заметкой ${how}` });
  await db.rows(sql`update client set note = ${note} where id = ${id}`);
  const now = () => db.rows(sql`select name, note from client where id = ${id}`);
  const page = await phoneOf(anna);
  await page.goto(`${url}/c/${id}/edit`);
  await page.getByLabel('Название').fill(`Иначе ${how}`);
  await page.getByRole('button', { name: 'Сохранить' }).first().click();
  expect(await now()).toEqual([{ name: `Иначе ${how}`, note }]);
  await page.goto(`${url}/c/${id}/edit`);
  await page.getByLabel('Заметка').fill('Звонить вечером.\nПлатит: поздно.');
  await page.getByRole('button', { name: 'Сохранить' }).first().click();
  expect(await now()).toEqual([{ name: `Иначе ${how}`, note: 'Звонить вечером.\nПлатит: поздно.' }]);
});

test('people come, change posts, go and move; numbers go with them; all of it is in the history', async () => {
  const { id } = await addClient(db, { name: 'Завод людей' });
  const next = await addClient(db, { name: 'Другой завод' });
  const page = await phoneOf(anna);
  await page.goto(`${url}/c/${id}/edit`);
  await page.getByText('Добавить: Люди').click();
  const form = page.locator('details[open]');
  await form.getByLabel('Человек').fill('Мария Лис');
  await form.getByLabel('Должность').fill('бухгалтер');
  await form.getByRole('button', { name: 'Добавить' }).click();
  await page.getByText('Добавить: Номера и адреса').click();
  const points = page.locator('details[open]');
  await points.getByLabel('Номер или адрес').fill('+380 67 444-00-01');
  await points.getByLabel('Чей').selectOption({ label: 'Мария Лис' });
  await points.getByRole('button', { name: 'Добавить' }).click();
  expect(await pointsAt('+380674440001')).toEqual([
    { client: 'Завод людей', ever: true, open: true, notClient: false },
  ]);
  await page.getByRole('link', { name: /Изменить: Мария Лис/ }).click();
  await page.getByLabel('Переходит к клиенту').fill('другой завод');
  await page.getByRole('button', { name: 'Перевести' }).click();
  await page.getByText(/Готово/).waitFor();
  expect(new Set((await pointsAt('+380674440001')).map((point) => JSON.stringify(point)))).toEqual(
    new Set([
      JSON.stringify({ client: 'Завод людей', ever: true, open: false, notClient: false }),
      JSON.stringify({ client: 'Другой завод', ever: false, open: true, notClient: false }),
    ]),
  );
  await page.goto(`${url}/c/${id}`);
  await page.getByText(/новый человек: Мария Лис/).waitFor();
  await page.getByText(/Мария Лис: больше не работает, с/).waitFor();
  await page.goto(`${url}/c/${next.id}`);
  await page.getByText(/новый человек: Мария Лис/).waitFor();
});

test('an address is remembered with the save it belongs to, and forgotten with it; one tap does it later', async () => {
  const { id } = await addClient(db, { name: 'Памятный' });
  const call = await strangerCall(anna, '+380675550001');
  const page = await phoneOf(anna);
  await page.goto(`${url}/contact/${call}`);
  await page.getByText('Кто это был?').first().click();
  await page.getByLabel('Другой клиент').check();
  await page.locator('[name=clientName]').fill('Памятный');
  await page.getByLabel(/Запомнить \+380 67 555-00-01/).check();
  await page.fill('#gist', 'Спросил цену.');
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await page.getByRole('button', { name: 'Отменить' }).waitFor();
  expect(await pointsAt('+380675550001')).toEqual([{ client: 'Памятный', ever: true, open: true, notClient: false }]);
  expect((await db.rows(sql`select from outbox where job = 'rematch'`)).length).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Отменить' }).click();
  await page.locator('#gist').waitFor();
  expect(await pointsAt('+380675550001')).toEqual([]);
  await page.getByText('Кто это был?').first().click();
  await page.getByLabel('Другой клиент').check();
  await page.locator('[name=clientName]').fill('Памятный');
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await page.getByRole('button', { name: /Запомнить \+380 67 555-00-01: Памятный/ }).click();
  await page.getByText(/Запомнили/).waitFor();
  expect((await pointsAt('+380675550001')).length).toBe(1);
  const second = await strangerCall(anna, '+380675550002');
  await db.rows(sql`update contact set client_id = ${id}, client_by_hand = true where id = ${second}`);
  await page.goto(`${url}/c/${id}`);
  await page.getByRole('button', { name: /Запомнить \+380 67 555-00-02/ }).click();
  await page.getByText(/Готово/).waitFor();
  expect((await pointsAt('+380675550002')).length).toBe(1);
});

test.each([
  ['ru', 'light'],
  ['uk', 'dark'],
  ['en', 'light'],
] as const)(
  'the pages of the directory in %s, %s: no barrier, 320 px, at most 15 KB',
  async (language, colorScheme) => {
    const olga = await addEmployee(db, { name: 'Ольга Петренко', role: 'supervisor', language });
    const number = `+3806766600${language === 'ru' ? 1 : language === 'uk' ? 2 : 3}0`;
    await strangerCall(olga, number, 'Очень длинное имя звонящего без единого повода его так называть');
    const paths = await pagesOfDirectory(db, olga, number, language);
    const phone = await browser.phone({ colorScheme, viewport: { width: 320, height: 568 }, locale: language });
    const page = await phone.newPage();
    await page.goto(await office.signIn(olga));
    await page.locator('button').first().click();
    const cookie = (await phone.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const found: unknown[] = [];
    for (const path of paths) {
      const answer = await page.goto(url + path);
      if (answer?.status() !== 200) found.push([path, answer?.status()]);
      found.push(...(await violations(page)).map((one) => [path, one]));
      if ((await overflow(page)) > 0) found.push([path, 'wider than the screen']);
      const kilobytes = (await weightOf(path, cookie)) / 1024;
      if (kilobytes > 15) found.push([path, `${kilobytes.toFixed(1)} KB`]);
    }
    expect(found).toEqual([]);
    await phone.close();
  },
);

/** Paths of every page of the directory, with something on each. */
async function pagesOfDirectory(db: Db, olga: string, number: string, language: string): Promise<string[]> {
  const acme = await addClient(db, {
    name: `ООО «Ромашка ${language}»`,
    person: 'Иван Сидоренко',
    phone: `${number}9`,
  });
  const zorg = await addClient(db, { name: `Завод «Прогресс ${language}»` });
  const cookie = await office.cookieOf(olga);
  const post = async (path: string, fields: Record<string, string>) => {
    const html = await (await fetch(`${url}/c/${acme.id}/edit?open=${acme.personId}`, { headers: { cookie } })).text();
    const form = html.split('<form').find((part) => part.includes(`action="${path}"`)) ?? '';
    const proof = /name="proof" value="([^"]+)"/.exec(form)?.[1] ?? '';
    const body = new URLSearchParams({ proof, ...fields });
    return fetch(url + path, { method: 'POST', redirect: 'manual', headers: { cookie }, body });
  };
  const saved = await post(`/c/${acme.id}/edit`, {
    ...{
      name: `ООО «Ромашка ${language}»`,
      'seen.name': `ООО «Ромашка ${language}»`,
      kind: 'organisation',
      'seen.kind': 'organisation',
    },
    ...{ note: 'Любит точность', class: 'A' },
  });
  expect(saved.status).toBe(303);
  const left = await post(`/c/${acme.id}/people/${acme.personId}`, {
    ...{ name: 'Иван Сидоренко', 'seen.name': 'Иван Сидоренко', post: 'директор', since: '2020-01-01', until: '' },
  });
  expect(left.status).toBe(303);
  await addCall(db, { ownerId: olga, clientId: acme.id, gist: 'Договорились.' });
  const [point] = await db.rows<{ id: string }>(sql`select id from contact_point where address = ${`${number}9`}`);
  const [set] = await db.rows<{ id: string }>(sql`select max(id)::text as id from change_set`);
  const [change] = await db.rows<{ id: string }>(
    sql`select id::text from change where entity_id = ${acme.id} and field = 'note'`,
  );
  await db.rows(sql`update client set note = 'Иначе' where id = ${acme.id}`); // so that something stands against a roll-back
  const [noted] = await db.rows<{ id: string }>(sql`select set_id::text as id from change where id = ${change?.id}`);
  const one = `/strangers/one?address=${encodeURIComponent(number)}`;
  return [
    '/strangers',
    one,
    `${one}&q=${encodeURIComponent('Ромашка')}`,
    `${one}&client=${acme.id}`,
    `/c/${acme.id}`,
    `/c/${acme.id}/edit`,
    `/c/${acme.id}/edit?open=${acme.personId}`,
    `/c/${acme.id}/edit?open=${point?.id}`,
    `/c/${acme.id}/merge?q=${encodeURIComponent('Завод')}`,
    `/c/${acme.id}/merge?with=${zorg.id}`,
    '/changes',
    `/changes/${set?.id}`,
    `/changes/${noted?.id}`,
    `/change/${change?.id}`,
  ];
}

/** The page with its styles and scripts, as they lie on the wire without compression. */
async function weightOf(path: string, cookie: string): Promise<number> {
  const html = await (await fetch(url + path, { headers: { cookie } })).text();
  const parts = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+\.(?:css|js))"/g)].map((match) => match[1] ?? '');
  const sizes = await Promise.all(parts.map(async (part) => Buffer.byteLength(await (await fetch(url + part)).text())));
  return Buffer.byteLength(html) + sizes.reduce((a, b) => a + b, 0);
}
