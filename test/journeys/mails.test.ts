import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sql } from '../../src/store/base/db.ts';
import { wordsOf } from '../kit/forms.ts';
import { g4tiff } from '../mailbox/fax-documents.ts';
import { faxMail, post } from './mail-office.ts';
import { addCall, addClient, addEmployee, openOffice } from './office.ts';

const office = await openOffice();
const { db, url } = office;
const olga = await addEmployee(db, { name: 'Ольга', email: 'olga@ours.example', language: 'ru', extension: '101' });
const petr = await addEmployee(db, { name: 'Пётр', email: 'petr@ours.example', language: 'ru', extension: '102' });
const vera = await addEmployee(db, { name: 'Вера', email: 'vera@ours.example', language: 'ru', extension: '103' });
const boss = await addEmployee(db, { name: 'Шеф', role: 'supervisor', language: 'en' });
const it = await addEmployee(db, { name: 'Админ', role: 'it', language: 'ru' });
const acme = await addClient(db, {
  name: 'Ромашка',
  person: 'Иван',
  phone: '+380671234567',
  email: 'ivan@client.example',
});
const cookies = new Map<string, string>();
for (const id of [olga, petr, vera, boss, it]) cookies.set(id, await office.cookieOf(id));

const get = (path: string, who: string | null = null) =>
  fetch(path.startsWith('http') ? path : url + path, {
    redirect: 'manual',
    headers: who === null ? {} : { cookie: cookies.get(who) ?? '' },
  });
const words = async (path: string, who: string | null = null) => wordsOf(await (await get(path, who)).text());
const mail = { from: 'Иван <ivan@client.example>', to: 'olga@ours.example', subject: 'Счёт на трубы' };
const one = async (...given: Parameters<typeof post> extends [unknown, ...infer Rest] ? Rest : never) => {
  const [id = ''] = await post(office, ...given);
  return id;
};

test('behind its link: the subject, the new text, the files; the subject is a hint and no gist', async () => {
  const id = await one('personal', {
    ...mail,
    to: 'olga@ours.example, a@x.example, b@x.example, c@x.example, d@x.example',
    text: 'Пришлите счёт.\nСрочно.',
    html: '<p>Пришлите счёт</p>',
    files: [{ name: 'план.pdf', type: 'application/pdf', content: Buffer.alloc(1_300_000, 'x') }],
  });
  const link = await office.ask(id);
  expect(office.smtp.letters.at(-1)?.subject).toMatch(/^Входящее письмо: Иван, Ромашка, \d\d:\d\d — что было важно\?$/);
  const html = await (await get(link)).text();
  const text = wordsOf(html);
  expect(text).toContain('Входящее письмо ·');
  expect(text).toContain('От ivan@client.example · кому olga@ours.example, a@x.example, b@x.example и ещё 2');
  expect(text).toContain('Счёт на трубы Отправителя наш почтовый сервер не подтвердил. Пришлите счёт. Срочно.');
  expect(text).toContain('план.pdf 1,3 МБ');
  expect(html).toMatch(/<textarea[^>]* placeholder="Счёт на трубы"[^>]*><\/textarea>/);
  // So large a mail stands in a file.
  expect((await (await get(`${link}/files/1`)).arrayBuffer()).byteLength).toBe(1_300_000);
  expect(text).not.toContain('как отправлено'); // that needs a session
  expect(await words(`/contact/${id}`, olga)).toContain('Показать как отправлено');
  const proof = /name="proof" value="([^"]+)"/.exec(html)?.[1] ?? '';
  const empty = await fetch(link, { method: 'POST', body: new URLSearchParams({ gist: '', proof, version: '1' }) });
  expect(empty.status).toBe(422);
  expect(await words('/', olga)).toMatch(/Счёт на трубы Пришлите счёт\. Срочно\. 1 вложение/);
});

test('a long text is folded behind its beginning; the page stays light', async () => {
  const sentences = Array.from(
    { length: 400 },
    (_, i) => `Строка ${i}: ${(i * 7919).toString(36)} метров, ${i % 7} труб.`,
  );
  const id = await one('personal', { ...mail, text: sentences.join('\n') });
  const link = await office.ask(id);
  const html = await (await get(link)).text();
  const [head = '', rest = ''] = html.split('<details><summary>Весь текст</summary>');
  expect(head).toContain('Строка 0:');
  expect(head).not.toContain('Строка 40:');
  expect(rest).toContain('Строка 40:');
  const assets = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+\.(?:css|js))"/g)].map((match) => match[1] ?? '');
  const parts = await Promise.all(assets.map(async (path) => (await get(path)).text()));
  const bytes = [html, ...parts].reduce((sum, part) => sum + gzipSync(part).length, 0);
  expect(bytes).toBeLessThan(15 * 1024);
});

test('what one should know before believing it', async () => {
  const forged = await one('personal', {
    ...mail,
    subject: 'Новые реквизиты',
    headers: ['Authentication-Results: mx.ours.example; dmarc=fail header.from=client.example'],
    text: 'Платите сюда.',
  });
  expect(await words(await office.ask(forged))).toContain(
    'Отправитель не подтверждён: от его имени мог написать кто угодно.',
  );
  expect(await words('/', olga)).toContain('Отправитель не подтверждён');
  const cut = await one('personal', { ...mail, subject: 'Большое', text: 'Смотрите.', cut: 'larger than 25 MB' });
  expect(await words(await office.ask(cut))).toContain(
    'Прочитано не всё: письмо слишком большое. Целиком письмо есть в почтовом ящике.',
  );
  const forward = '---------- Forwarded message ---------\nFrom: Ivan <ivan@client.example>\nSubject: x\n\nНужен счёт';
  const passedOn = await one('sales', {
    from: 'olga@ours.example',
    to: 'sales@ours.example',
    subject: 'Fwd: x',
    text: forward,
  });
  expect(await words(`/contact/${passedOn}`, boss)).toContain('Forwarded by Ольга, written by ivan@client.example.');
});

test('files by the link and by the session: saved under their name, opened by nothing', async () => {
  const files = [
    {
      name: 'Смета.xlsx',
      type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      content: Buffer.from([1, 2, 3]),
    },
    { name: 'page.html', type: 'text/html', content: Buffer.from('<script>alert(1)</script>') },
    { name: 'a.svg', type: 'image/svg+xml', content: Buffer.from('<svg onload=alert(1)>') },
  ];
  const id = await one('personal', { ...mail, subject: 'Файлы', text: 'Во вложении.', files });
  const link = await office.ask(id);
  for (const [place, who] of [
    [link, null],
    [`${url}/contact/${id}`, olga],
  ] as const) {
    const answers = await Promise.all([1, 2, 3].map((n) => get(`${place}/files/${n}`, who)));
    expect(await Promise.all(answers.map(async (one) => Buffer.from(await one.arrayBuffer())))).toEqual(
      files.map(({ content }) => content),
    );
    for (const { headers } of answers) {
      expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[^"]+"; filename\*=UTF-8''/);
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'; sandbox");
      expect([headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual(['nosniff', 'no-store']);
    }
    expect(answers.map(({ headers }) => headers.get('content-type'))).toEqual([
      files[0]?.type,
      'application/octet-stream',
      'application/octet-stream',
    ]);
    for (const n of ['0', '4', '-1', '1e0', '999999', 'x', '01'])
      expect([n, (await get(`${place}/files/${n}`, who)).status]).toEqual([n, 404]);
  }
  expect((await get(`/contact/${id}/files/1`)).headers.get('location')).toBe('/sign-in');
});

test('a file that is not here: why, and where it still is', async () => {
  const files = [
    { name: 'a.txt', type: 'text/plain', content: Buffer.from('whole') },
    { name: 'b.bin', type: 'application/octet-stream', content: Buffer.alloc(3000) },
  ];
  const whole = { ...mail, subject: 'Чертежи', text: 'Вот.', files };
  const id = await one('personal', { ...whole, cut: 'larger than 1 MB', keep: 3000 });
  const link = await office.ask(id);
  expect(await (await get(`${link}/files/1`)).text()).toBe('whole');
  const gone = await get(`${link}/files/2`);
  expect(gone.status).toBe(410);
  expect(wordsOf(await gone.text())).toMatch(
    /Файла здесь нет Письмо слишком большое.* в почтовом ящике olga@ours\.example: письмо «Чертежи», \d\d:\d\d\. Папка: INBOX\./,
  );
  await db.rows(sql`update mail set raw = null`);
  for (const path of [`${link}/files/1`, `${url}/contact/${id}/html`]) {
    const answer = await get(path, olga);
    expect([answer.status, wordsOf(await answer.text())]).toEqual([
      410,
      expect.stringContaining('Письмо здесь уже стёрто.'),
    ]);
  }
});

test('as sent: cleaned, in a sandbox, nothing loaded from elsewhere; only for who is signed in', async () => {
  const html = '<p>Прошу <b>счёт</b></p><script>alert(1)</script><img src="https://a.example/pixel.gif" alt="логотип">';
  const id = await one('personal', { ...mail, subject: 'Как есть', text: 'Прошу счёт', html });
  const answer = await get(`/contact/${id}/html`, olga);
  const page = await answer.text();
  expect(page).toContain('<p>Прошу <b>счёт</b></p><span>логотип</span>');
  expect(page).not.toMatch(/<script|pixel/);
  expect(answer.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; img-src data:; style-src 'unsafe-inline';.* sandbox/,
  );
  const text = await one('personal', { ...mail, subject: 'Текст', text: 'a <b> & c' });
  expect(await (await get(`/contact/${text}/html`, olga)).text()).toContain('a &lt;b> &amp; c');
  const link = await office.ask(id);
  expect((await get(`${link}/html`)).status).toBe(404);
});

test('pages of a fax are pictures, by the link and by the session', async () => {
  const id = await one('faxes', faxMail({ number: '+380671234567', pages: 3 }));
  await db.rows(sql`update contact set owner_id = ${olga} where id = ${id}`);
  const link = await office.ask(id);
  const html = await (await get(link)).text();
  expect(wordsOf(html)).toMatch(/Факс получен .* станция ACME · 3 страницы .*Открыть документ.*Ещё 2 страницы/);
  expect(html).not.toContain('placeholder="Fax received');
  const images = [...html.matchAll(/<img src="([^"]+)" width="864" height="1222"( loading="lazy")?/g)];
  expect(images.map(([, , lazy]) => lazy ?? '')).toEqual(['', ' loading="lazy"', ' loading="lazy"']);
  for (const [place, who] of [
    [link, null],
    [`${url}/contact/${id}`, petr], // it came for all of us
  ] as const) {
    const picture = await get(`${place}/pages/3.png`, who);
    const bytes = Buffer.from(await picture.arrayBuffer());
    expect([picture.headers.get('content-type'), bytes.toString('latin1', 1, 4), bytes.readUInt32BE(16)]).toEqual([
      'image/png',
      'PNG',
      864,
    ]);
    expect(picture.headers.get('cache-control')).toBe('private, max-age=3600');
    expect((await get(`${place}/pages/4.png`, who)).status).toBe(404);
  }
  const small = Buffer.from(await (await get(`/contact/${id}/pages/1.png?size=small`, olga)).arrayBuffer());
  expect(small.readUInt32BE(16)).toBe(432);
  const broken = await one('faxes', {
    ...faxMail({ number: '+380671234567', pages: 1 }),
    files: [{ name: 'fax000000042.tif', type: 'image/tiff', content: g4tiff(1, 5).subarray(0, 60) }],
  });
  expect((await get(`/contact/${broken}/pages/1.png`, boss)).status).toBe(422);
  expect((await get(`/contact/${broken}/files/1`, boss)).status).toBe(200);
});

test('who may read what, by role and by whose it is', async () => {
  const files = [{ name: 'a.txt', type: 'text/plain' }];
  const secret = { ...mail, text: 'Тайные условия', files };
  const hers = await one('personal', { ...secret, to: 'olga@ours.example, vera@ours.example', subject: 'Лично' });
  const ours = await one('sales', { ...secret, to: 'sales@ours.example', subject: 'Всем' });
  const fax = await one('faxes', faxMail({ number: '+380671234567', pages: 1 }));
  const paths = (id: string) => [`/contact/${id}/files/1`, `/contact/${id}/html`];
  const statuses = async (id: string, who: string | null) =>
    Promise.all(paths(id).map(async (path) => (await get(path, who)).status));
  for (const [story, who, toHer, toAll] of [
    ['the owner', olga, 200, 200],
    ['who got it too', vera, 200, 200],
    ['a colleague', petr, 403, 200],
    ['IT', it, 403, 200],
    ['the supervisor', boss, 200, 200],
    ['nobody', null, 303, 303],
  ] as const) {
    expect([story, await statuses(hers, who)]).toEqual([story, [toHer, toHer]]);
    expect([story, await statuses(ours, who)]).toEqual([story, [toAll, toAll]]);
    expect([story, (await get(`/contact/${fax}/pages/1.png`, who)).status]).toEqual([story, toAll]);
    if (who === null) continue;
    const entry = (await (await get(`/c/${acme.id}`, who)).text()).split(`id="${hers}"`)[1]?.split('<li id=')[0] ?? '';
    expect([story, entry.includes('Лично'), entry.includes('Тайные'), entry.includes('/files/')]).toEqual([
      story,
      true,
      toHer === 200,
      toHer === 200,
    ]);
  }
  expect(office.log()).toContain('mail.read_by_other');
  await db.rows(sql`update client set responsible_id = ${petr} where id = ${acme.id}`);
  expect(await statuses(hers, petr)).toEqual([200, 200]);
  await db.rows(sql`update client set responsible_id = null where id = ${acme.id}`);
  const call = await addCall(db, { ownerId: olga, clientId: acme.id });
  expect(await statuses(call, olga)).toEqual([404, 404]);
});

test('a link shows its own mail and nothing else; the mails of its thread need a session', async () => {
  const first = await one('personal', {
    ...mail,
    subject: 'Начало',
    text: 'Первое письмо',
    messageId: '<th1@client.example>',
  });
  const link = await office.ask(first);
  const answered = { headers: ['References: <th1@client.example>'], files: [{ name: 'b.txt', type: 'text/plain' }] };
  const second = await one('personal', { ...mail, subject: 'Re: Начало', text: 'Второе письмо', ...answered });
  const third = await one('personal', { ...mail, subject: 'Re: Начало', text: 'Третье письмо', ...answered });
  const [byLink, signedIn] = [await (await get(link)).text(), await (await get(link, olga)).text()];
  expect(wordsOf(byLink)).toContain('Ещё 2 письма этой переписки');
  expect(byLink).not.toMatch(/Второе|Третье|#thread/);
  expect(wordsOf(signedIn)).toMatch(
    /Первое письмо.*Сохранить.*Одна запись на всю переписку.*Второе письмо.*b\.txt.*Третье письмо/,
  );
  for (const path of [`/contact/${second}/files/1`, '/contact/../files/1'])
    expect((await get(path)).status).not.toBe(200);
  const history = await (await get(`/c/${acme.id}`, olga)).text();
  const entries = new Map(
    history
      .split('<li id="')
      .slice(1)
      .map((entry) => [entry.slice(0, 36), entry]),
  );
  expect(wordsOf(entries.get(third) ?? '')).toMatch(/Суть — в записи от \d\d:\d\d/);
  expect(entries.get(third)).toContain(`href="#${first}"`);
  expect(wordsOf(entries.get(first) ?? '')).toContain('Ещё не записано, ждём: Ольга');
  const mark = new URLSearchParams({
    at: new Date(Date.now() + 86_400_000).toISOString().replace('Z', '000Z'),
    key: 'c00000000-0000-0000-0000-000000000000',
  });
  expect((await get(`/c/${acme.id}?${mark}`, olga)).status).toBe(200);
});

test('what programs sent stands in the history, greyed, and nobody is asked', async () => {
  const reply = await one('personal', {
    ...mail,
    subject: 'В отпуске',
    text: 'Вернусь 30-го.',
    headers: ['Auto-Submitted: auto-replied'],
  });
  const failed = await one('faxes', faxMail({ number: '+380671234567', pages: 0 }));
  const sent = await one('personal', {
    from: 'olga@ours.example',
    to: 'ivan@client.example',
    subject: 'Ответ',
    text: 'Счёт готов.',
  });
  const history = await (await get(`/c/${acme.id}`, olga)).text();
  const entries = new Map(
    history
      .split('<li id="')
      .slice(1)
      .map((entry) => [entry.slice(0, 36), entry]),
  );
  expect(entries.get(reply)).toContain('class="entry automatic"');
  expect(wordsOf(entries.get(reply) ?? '')).toMatch(/Входящее письмо .* Автоответ В отпуске/);
  expect(wordsOf(entries.get(failed) ?? '')).toMatch(/Факс не принят .* Не прошёл: E123/);
  expect(wordsOf(entries.get(sent) ?? '')).toMatch(/Исходящее письмо .* Ответ .*Счёт готов\./);
  expect(wordsOf(entries.get(sent) ?? '')).not.toContain('Без записи');
  const states = await db.rows<{ state: string }>(
    sql`select state from contact where id = any(${[reply, failed, sent]}) order by id`,
  );
  expect(states.map(({ state }) => state)).toEqual(['automatic', 'automatic', 'bare']);
});

test('before the phone is answered: what the caller has sent today, for whoever is called', async () => {
  await db.rows(sql`update contact set started_at = started_at - interval '2 days'`);
  const letter = await one('personal', { ...mail, subject: 'Утреннее письмо', text: 'Тайна' });
  const fax = await one('faxes', faxMail({ number: '+380671234567', pages: 2 }));
  await one('faxes', faxMail({ number: '+380671234567', pages: 0 }));
  const his = `/contact/${letter}/files/1`;
  expect((await get(`/contact/${letter}/html`, petr)).status).toBe(403);
  const ring = {
    call: '9.1',
    outsideName: null,
    ours: null,
    rings: ['102'],
    answeredBy: null,
    since: office.clock.now(),
  };
  office.live.announce('pbx', { ...ring, outside: { kind: 'phone', value: '+380671234567' } });
  await expect.poll(() => office.live.present(petr).length).toBe(1);
  const html = await (await get('/live', petr)).text();
  expect(wordsOf(html)).toMatch(
    /Иван.*Прислал\(а\) сегодня .*Факс не принят.*E123.*Факс получен.*2 страницы.*Входящее письмо.*Утреннее письмо/,
  );
  expect(html).toContain(`href="/c/${acme.id}#${letter}"`);
  expect(html).toContain(`<img src="/contact/${fax}/pages/1.png?size=small"`);
  expect(html).not.toContain('Тайна');
  expect((await get(`/contact/${letter}/html`, petr)).status).toBe(200); // as long as it rings
  expect((await get(`/contact/${letter}/html`, it)).status).toBe(403);
  office.live.announce('pbx', { ...ring, outside: { kind: 'phone', value: '+380671234567' }, rings: [] });
  await expect.poll(() => office.live.present(petr).length).toBe(0);
  expect((await get(`/contact/${letter}/html`, petr)).status).toBe(403);
  expect((await get(his, petr)).status).toBe(403);
  const stranger = await one('faxes', faxMail({ number: '+380509998877', pages: 1 }));
  office.live.announce('pbx', { ...ring, call: '9.2', outside: { kind: 'phone', value: '+380509998877' } });
  await expect.poll(() => office.live.present(petr).length).toBe(1);
  expect(await (await get('/live', petr)).text()).toContain(`<img src="/contact/${stranger}/pages/1.png?size=small"`);
});

test('looking changes nothing', async () => {
  const id = await one('personal', {
    ...mail,
    subject: 'x',
    text: 'y',
    files: [{ name: 'a.txt', type: 'text/plain' }],
  });
  const fax = await one('faxes', faxMail({ number: '+380671234567', pages: 1 }));
  await db.rows(sql`update contact set owner_id = ${olga} where id = ${fax}`);
  const links = [await office.ask(id), await office.ask(fax)];
  const dump = async () =>
    (
      await Promise.all(
        ['contact', 'mail', 'prompt', 'outbox', 'change'].map((table) =>
          db.rows({ text: `select * from ${table} order by 1`, values: [] }),
        ),
      )
    ).flat();
  const before = JSON.stringify(await dump());
  for (const method of ['GET', 'HEAD'])
    for (const path of [
      `${links[0]}/files/1`,
      `${links[1]}/pages/1.png`,
      `${url}/contact/${id}/html`,
      `${url}/c/${acme.id}`,
    ]) {
      const answer = await fetch(path, { method, headers: { cookie: cookies.get(olga) ?? '' } });
      expect([path, method, answer.status]).toEqual([path, method, 200]);
      await answer.arrayBuffer();
    }
  expect(JSON.stringify(await dump())).toBe(before);
});
