import { expect, test } from 'vitest';
import type { Language } from '../core/language.ts';
import { type AskedContact, digestLetter } from './mails.ts';

const now = new Date('2026-11-23T14:30:00Z'); // Monday, 16:30 in Kyiv
const mail: AskedContact = {
  channel: 'email',
  direction: 'inbound',
  outcome: null,
  withheld: false,
  outside: 'ivan@acme.example',
  outsideNorm: 'ivan@acme.example',
  outsideName: 'Ivan <b>',
  clientName: null,
  personName: null,
  fax: null,
  startedAt: new Date('2026-11-23T08:05:00Z'),
  talkSeconds: null,
  callBack: false,
};
const call: AskedContact = {
  ...mail,
  channel: 'call',
  outcome: 'answered',
  outside: '0671234567',
  outsideNorm: '+380671234567',
  clientName: 'Ромашка',
  personName: 'Иван',
  startedAt: new Date('2026-11-20T15:05:00Z'),
  talkSeconds: 65,
};
const link = (n: number) => `https://letopis.example/d/${n}`;
const written = (count: number, language: Language, more = 0) =>
  digestLetter(
    Array.from({ length: count }, (_, n) => ({ ...(n === 0 ? call : mail), link: link(n) })),
    { count: more, link: 'https://letopis.example/' },
    { language, zone: 'Europe/Kyiv', now },
  );

test('facts and a link for each, the day where it is not today', () => {
  expect(written(2, 'ru').text).toBe(`Напишите о каждом одно-два предложения: о чём шла речь и что решили.

Входящий звонок · Иван, Ромашка · +380 67 123-45-67 · 20 ноября, 17:05 · 1:05
https://letopis.example/d/0

Входящее письмо · Ivan <b>, ivan@acme.example · 10:05
https://letopis.example/d/1

-- 
Письмо пришло, потому что за эти контакты отвечаете вы. Каждая ссылка открывает только один из них; никому их не пересылайте.
`);
  const { html } = written(2, 'ru');
  expect(html.match(/href="[^"]+"/g)).toEqual([`href="${link(0)}"`, `href="${link(1)}"`]);
  expect(html).toContain('Входящее письмо · Ivan &#60;b&#62;, ivan@acme.example · 10:05<br>');
});

test.each<[number, Language, string]>([
  [2, 'ru', '2 контакта — что было важно?'],
  [5, 'ru', '5 контактов — что было важно?'],
  [21, 'ru', '21 контакт — что было важно?'],
  [2, 'uk', '2 контакти — що було важливо?'],
  [5, 'uk', '5 контактів — що було важливо?'],
  [21, 'uk', '21 контакт — що було важливо?'],
  [2, 'en', '2 contacts — what mattered?'],
])('%i in %s', (count, language, subject) => {
  expect(written(count, language).subject).toBe(subject);
});

test.each<[number, Language, string]>([
  [1, 'ru', 'Ещё 1 контакт ждёт в списке «Мои записи».'],
  [7, 'ru', 'Ещё 7 контактов ждут в списке «Мои записи».'],
  [3, 'uk', 'Ще 3 контакти чекають у списку «Мої записи».'],
  [1, 'en', '1 more waits in “My drafts”.'],
])('%i more in %s', (more, language, line) => {
  expect(written(2, language, more).text).toContain(`${link(1)}\n\n${line}\nhttps://letopis.example/\n\n-- \n`);
});
