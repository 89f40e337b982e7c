import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sql } from '../../src/store/base/db.ts';
import { attacks } from '../kit/xss.ts';
import { openBrowser } from './browser.ts';
import { faxMail, post } from './mail-office.ts';
import { addClient, addEmployee, openOffice } from './office.ts';

const office = await openOffice();
const browser = await openBrowser();
const { db, url } = office;
const boss = await addEmployee(db, { name: 'Шеф', email: 'boss@ours.example', role: 'supervisor', extension: '101' });
const acme = await addClient(db, { name: 'Ромашка', phone: '+380671234567', email: 'ivan@client.example' });

/** RFC 2047, so that any sign may stand in a header and in a file's name. */
const word = (text: string) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
const payloads = attacks();

/** What of a page a browser runs, or asks elsewhere, when nothing but the page itself holds it back. */
async function look(page: Page, html: string): Promise<unknown[]> {
  const asked: string[] = [];
  const note = (request: { url(): string }) => void asked.push(request.url());
  page.on('request', note);
  await page.setContent(html, { waitUntil: 'load' });
  const found = await page.evaluate(() => {
    const all = [...document.querySelectorAll('*')];
    const bad = all.filter(
      (one) =>
        [...one.attributes].some(
          ({ name, value }) => /^on/i.test(name) || /^\s*(?:javascript|vbscript):/i.test(value),
        ) ||
        (one.matches('script, iframe, object, embed, base, meta[http-equiv], svg, math') &&
          !one.matches('head > script[type="module"][src^="/assets/"]')),
    );
    return [Reflect.get(globalThis, 'hit') ?? null, ...bad.map((one) => one.outerHTML.slice(0, 200))];
  });
  page.off('request', note);
  return [...found, ...asked.filter((one) => !one.startsWith('data:') && one !== 'about:blank')];
}

test('two hundred mails that are more than text stay text: subject, name, file, words and HTML', async () => {
  const ids: string[] = [];
  for (let at = 0; at < payloads.length; at += 50) {
    const mails = payloads.slice(at, at + 50).map((payload) => ({
      from: `${word(payload)} <ivan@client.example>`,
      to: 'boss@ours.example',
      subject: word(payload),
      text: payload,
      html: `<p>${payload}</p><img src="https://evil.example/pixel.gif">`,
      files: [{ name: word(`${payload}.pdf`), type: 'application/pdf' }],
    }));
    ids.push(...(await post(office, 'personal', ...mails)));
  }
  expect(new Set(ids).size).toBe(200);
  const cookie = await office.cookieOf(boss);
  const read = async (path: string) => (await fetch(url + path, { headers: { cookie } })).text();
  const phone = await browser.phone();
  const evil = '<img src="https://evil.example/x" onerror=window.hit=1><a href="javascript:1">x</a>';
  expect(await look(await phone.newPage(), evil)).toHaveLength(4); // whoever looks for nothing finds nothing
  const page = await phone.newPage();
  const found: unknown[] = [];
  const see = async (path: string) => {
    const [hit, ...rest] = await look(page, await read(path));
    if (hit !== null || rest.length > 0) found.push([path, hit, rest]);
  };
  for (const id of ids) {
    await see(`/contact/${id}`);
    await see(`/contact/${id}/html`);
  }
  const answer = await fetch(`${url}/contact/${ids[0]}/files/1`, { headers: { cookie } });
  expect(answer.headers.get('content-disposition')).toMatch(
    /^attachment; filename="[^"<>]*"; filename\*=UTF-8''[\w%!.~-]*$/,
  );
  await see('/');
  await see(`/c/${acme.id}`);
  office.live.announce('pbx', {
    call: '1',
    outside: { kind: 'phone', value: '+380671234567' },
    outsideName: payloads[0] ?? '',
    ours: null,
    rings: ['101'],
    answeredBy: null,
    since: office.clock.now(),
  });
  await expect.poll(() => office.live.present(boss)[0]?.sent.length).toBe(4);
  await see('/live');
  expect(found).toEqual([]);
}, 240_000);

test('a fax’s station, a thread, a client by whom it is told: as they are written', async () => {
  const evil = '"><img src=x onerror=window.hit=1>';
  const [fax = ''] = await post(office, 'faxes', {
    ...faxMail({ number: '+380671234567', pages: 1 }),
    subject: word(`Fax received from "${evil.replaceAll('"', '')}"`),
  });
  const cookie = await office.cookieOf(boss);
  const html = await (await fetch(`${url}/contact/${fax}`, { headers: { cookie } })).text();
  expect(html.match(/<img[^>]*>/g)).toEqual([expect.stringMatching(/^<img src="\/contact\/[\w-]+\/pages\/1\.png" /)]);
});

test('in a real browser, with our own policy: nothing is asked elsewhere, no script runs, links leave alone', async () => {
  const html =
    '<p style="color:red">Смотрите</p><img src="https://evil.example/a.gif"><a href="https://shop.example/x">магазин</a>' +
    '<div style="position:fixed;inset:0;background:#fff">Введите пароль</div><script>document.title="hit"</script>';
  const [id = ''] = await post(office, 'personal', {
    from: 'ivan@client.example',
    to: 'boss@ours.example',
    subject: 'Смотрите',
    text: 'Смотрите',
    html,
  });
  const phone = await browser.phone();
  const page = await phone.newPage();
  await page.goto(await office.signIn(boss));
  await page.locator('button').first().click();
  const asked: string[] = [];
  phone.on('request', (request) => asked.push(request.url()));
  await page.goto(`${url}/contact/${id}/html`);
  expect(await page.title()).toContain('Смотрите');
  expect(asked.filter((one) => !one.startsWith(url))).toEqual([]);
  const header = await page.locator('h1').boundingBox();
  expect(header?.y).toBeGreaterThan(0);
  expect(await page.locator('a[href="https://shop.example/x"]').getAttribute('rel')).toBe('noreferrer noopener');
  await page.getByText('Назад').click();
  await page.waitForURL(`${url}/contact/${id}`);
  const [count] = await db.rows(sql`select count(*)::int as n from contact where gist is not null`);
  expect(count).toEqual({ n: 0 });
});
