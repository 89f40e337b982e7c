import { expect, test } from 'vitest';
import { sql } from '../../src/store/base/db.ts';
import { overflow, violations } from './barriers.ts';
import { openBrowser } from './browser.ts';
import { faxMail, post } from './mail-office.ts';
import { addCall, addClient, addEmployee, addOccasions, openOffice } from './office.ts';

const at = new Date();
const office = await openOffice({
  connectors: [
    { connector: 'office-pbx', kind: 'asterisk-ami', state: 'up', since: at, fault: null, nextTryAt: null },
    { connector: 'mail', kind: 'imap', state: 'retrying', since: at, fault: 'imap.connection_lost', nextTryAt: at },
  ],
});
const browser = await openBrowser();
const { db } = office;
await addOccasions(db, ['Переговоры', 'Заказ']);
const acme = await addClient(db, {
  name: 'ООО «Ромашка»',
  person: 'Иван Сидоренко',
  phone: '+380671234567',
  email: 'ivan@client.example',
});
const zorg = await addClient(db, { name: 'Завод «Прогресс»' });
await db.rows(sql`
  insert into webhook_target (name, url, events, state, failing_since, last_success_at, last_error)
  values ('crm', 'http://x', '{}', 'active', now(), now() - interval '2 days', ${`500: ${'x'.repeat(110)}`}),
         ('archive', 'http://x', '{}', 'gone', now(), null, '410'), ('well', 'http://x', '{}', 'active', null, now(), null)`);
await db.rows(sql`
  insert into client_source (name, reads, every_ms, state, fault, facts, good_at, good_count, told, held_count, next_try_at)
  values ('crm', 'json', 900000, 'held', 'source.far_fewer', '{}', now(), 12345,
          '{"created": 3, "changed": 2, "ended": 1, "kept": 4, "rejectedCount": 200, "rejected": [{"line": 7, "column": "phone", "value": "позвонить_в_понедельник_до_обеда_или_после", "reason": "not a phone number"}]}', 4321, now()),
         ('sklad', 'sql', 900000, 'failing', 'source.timed_out', '{"place": "mysql://a-very-long-name-of-a-host.example:3306/production_database", "found": "max_statement_time exceeded"}', null, null, null, null, now())`);
await db.rows(
  sql`insert into client_given (source, key, client_id, said, gone_at) values ('crm', '1', ${acme.id}, '{}', now())`,
);

test.each([
  ['ru', 'light'],
  ['ru', 'dark'],
  ['uk', 'light'],
  ['uk', 'dark'],
  ['en', 'light'],
  ['en', 'dark'],
] as const)('every page in %s, %s: no barrier, nothing wider than a 320 px screen', async (language, colorScheme) => {
  const olga = await addEmployee(db, {
    name: 'Ольга Петренко',
    role: 'supervisor',
    language,
    extension: `1${language}${colorScheme}`,
  });
  const owned = { ownerId: olga, clientId: acme.id, personId: acme.personId };
  const known = await addCall(db, owned);
  const missed = await addCall(db, { ...owned, outcome: 'missed', talkSeconds: 0, callBack: true });
  const unsure = await addCall(db, {
    ownerId: olga,
    candidates: [
      { clientId: acme.id, personId: acme.personId },
      { clientId: zorg.id, personId: null },
    ],
  });
  await addCall(db, { ...owned, gist: 'Решили продлить договор.', startedAt: new Date(at.getTime() - 86_400_000) });
  const papers = await letters(`<${language}.${colorScheme}@client.example>`);
  await db.rows(sql`update contact set owner_id = ${olga} where id = any(${papers})`);
  const [letter = '', fax = ''] = papers;
  const links = await inTurn([known, missed, unsure, letter, fax], office.ask);
  const phone = await browser.phone({ colorScheme, viewport: { width: 320, height: 568 }, locale: language });
  const page = await phone.newPage();
  const found: unknown[] = [];
  const look = async (name: string, where = page) => {
    // At the end nothing lies under the button that keeps to the foot of the screen.
    await where.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    found.push(...(await violations(where)).map((one) => [name, one]));
    if ((await overflow(where)) > 0) found.push([name, 'wider than the screen']);
  };
  for (const [i, link] of links.entries()) {
    await page.goto(link);
    await look(`form ${i}`);
  }
  await page.locator('button').first().click();
  await look('empty form');
  await page.goto(`${office.url}/d/${'x'.repeat(43)}`);
  await look('dead link');
  await page.goto(`${office.url}/`);
  await look('sign in');
  await page.goto(await office.signIn(olga));
  await look('enter');
  await page.locator('button').first().click();
  for (const path of [
    '/',
    `/c/${acme.id}`,
    `/c/${zorg.id}`,
    '/clients',
    '/clients?q=a',
    '/live',
    '/status',
    '/nowhere',
    `/contact/${known}`,
    ...papers.map((id) => `/contact/${id}`),
    `/contact/${fax}/files/9`,
  ]) {
    await page.goto(office.url + path);
    await look(path);
  }
  ring(`1${language}${colorScheme}`, true);
  await expect.poll(() => office.live.present(olga)[0]?.sent.length).toBeGreaterThan(2);
  await page.goto(`${office.url}/live`);
  await look('a ring');
  ring(`1${language}${colorScheme}`, false);
  // In its sandbox no script runs, axe's neither: it is looked at outside of it.
  const cookie = (await phone.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const free = await phone.newPage();
  await free.setContent(await (await fetch(`${office.url}/contact/${letter}/html`, { headers: { cookie } })).text());
  await look('as sent', free);
  await page.goto(`${office.url}/contact/${known}`);
  await page.fill('#gist', 'Спросил о ценах.');
  await page.keyboard.press('Control+Enter');
  await page.waitForURL(/done/);
  await look('done');
  expect(found).toEqual([]);
  await phone.close();
});

/** A mail that nobody can trust with two more of its thread and a long text; a fax, and one that failed; a robot's answer. */
async function letters(messageId: string): Promise<string[]> {
  const mail = { from: 'Иван Сидоренко <ivan@client.example>', to: 'olga@ours.example', subject: 'Заказ '.repeat(20) };
  const name = `Очень_длинное_имя_файла_без_единого_пробела_${'я'.repeat(100)}.pdf`;
  const text = Array.from({ length: 30 }, (_, i) => `Абзац ${i}: пришлите счёт на сорок метров трубы.`).join('\n\n');
  const [first = ''] = await post(office, 'sales', {
    ...mail,
    messageId,
    text,
    html: `<table width="900"><tr><td style="color:#555">${text}</td></tr></table>`,
    headers: ['Authentication-Results: mx.ours.example; dmarc=fail header.from=client.example'],
    files: [{ name, type: 'application/pdf' }],
  });
  const answer = { ...mail, headers: [`References: ${messageId}`], subject: 'Re: Заказ', text };
  const more = await post(office, 'sales', answer, { ...answer, text: 'Ещё хомуты.', files: [{ name, type: 'a/b' }] });
  await post(office, 'sales', { ...mail, headers: ['Auto-Submitted: auto-replied'], text: 'В отпуске.' });
  const [fax = ''] = await post(office, 'faxes', faxMail({ number: '+380671234567', pages: 2 }));
  await post(office, 'faxes', faxMail({ number: '+380671234567', pages: 0 }));
  return [first, fax, ...more];
}

function ring(extension: string, isRinging: boolean): void {
  office.live.announce('pbx', {
    call: extension,
    outside: { kind: 'phone', value: '+380671234567' },
    outsideName: null,
    ours: null,
    rings: isRinging ? [extension] : [],
    answeredBy: null,
    since: new Date(),
  });
}

async function inTurn(ids: readonly string[], work: (id: string) => Promise<string>): Promise<string[]> {
  const done: string[] = [];
  for (const id of ids) done.push(await work(id));
  return done;
}

test('the phone rings: both see who; one answers, the other is let go; it ends', async () => {
  const boris = await addEmployee(db, { name: 'Борис', extension: '201' });
  const vera = await addEmployee(db, { name: 'Вера', extension: '202' });
  await addCall(db, { ownerId: boris, clientId: acme.id, gist: 'Обещали образцы.', startedAt: new Date() });
  const [his, hers] = [await (await browser.phone()).newPage(), await (await browser.phone()).newPage()];
  for (const [page, who] of [
    [his, boris],
    [hers, vera],
  ] as const) {
    await page.goto(await office.signIn(who));
    await page.locator('button').first().click();
    await page.goto(`${office.url}/live`);
    await page.getByText('Сейчас вам никто не звонит').waitFor();
  }
  const ring = {
    call: '1.1',
    outside: { kind: 'phone', value: '+380671234567' },
    outsideName: 'IVAN',
    ours: { kind: 'phone', value: '+380440001000' },
    rings: ['201', '202'],
    answeredBy: null,
    since: new Date(),
  } as const;
  office.live.announce('pbx', ring);
  for (const page of [his, hers]) await page.getByRole('heading', { name: 'Иван Сидоренко' }).waitFor();
  await hers.getByText('Обещали образцы.').waitFor();
  expect(await his.title()).toMatch(/^☎/);
  await his.reload(); // a page that comes back sees what is
  await his.getByRole('heading', { name: 'Иван Сидоренко' }).waitFor();
  office.live.announce('pbx', { ...ring, rings: [], answeredBy: '202' });
  await his.getByText('Сейчас вам никто не звонит').waitFor();
  await hers.getByText('Вы говорите').waitFor();
  office.live.announce('pbx', { ...ring, rings: [], answeredBy: null });
  await hers.getByText('Сейчас вам никто не звонит').waitFor();
});

const evil = [
  '<script>window.hit=1</script>',
  '"><img src=x onerror=window.hit=1>',
  "'-window.hit-'",
  '</textarea><svg onload=window.hit=1>',
  '</title><script>window.hit=1</script>',
  'javascript:window.hit=1',
  '{{constructor.constructor("window.hit=1")()}}',
  '\u202egnp.exe\u0000\u001b[31m',
  '<a href="javascript:window.hit=1">x</a>',
  '&lt;script&gt;window.hit=1&lt;/script&gt;',
  '$& $1 {who} {time}',
];

test('names and texts from outside stay text on every page', async () => {
  const boss = await addEmployee(db, { name: `Босс ${evil[1]}`, role: 'supervisor', extension: '301' });
  const phone = await browser.phone();
  const page = await phone.newPage();
  await page.goto(await office.signIn(boss));
  await page.locator('button').first().click();
  for (const text of evil) {
    const clean = text.replaceAll('\u0000', '\ufffd');
    const client = await addClient(db, { name: clean + Math.random(), person: clean });
    const owned = { ownerId: boss, clientId: client.id, personId: client.personId, outsideName: clean };
    await addCall(db, { ...owned, gist: clean });
    const draft = await addCall(db, { ...owned, queue: clean });
    const stranger = await addCall(db, { ownerId: boss, outsideName: clean });
    for (const path of [
      `/contact/${draft}`,
      `/contact/${stranger}`,
      `/c/${client.id}`,
      `/c/${client.id}/edit`,
      '/strangers',
    ]) {
      await page.goto(office.url + path);
      const bad = await page.evaluate(() => [
        Reflect.get(globalThis, 'hit') ?? null,
        document.querySelectorAll('main script, main img, main svg, [onerror], [onload], a[href^="javascript:"]')
          .length,
      ]);
      expect([text, path, ...bad]).toEqual([text, path, null, 0]);
    }
  }
  await page.goto(`${office.url}/`);
  expect(await page.evaluate(() => document.querySelectorAll('main script, main img, main svg').length)).toBe(0);
  expect(await page.getByText('$& $1 {who} {time}').count()).toBeGreaterThan(0);
});
