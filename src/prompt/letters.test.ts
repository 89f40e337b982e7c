import { expect, test } from 'vitest';
import type { Language } from '../core/language.ts';
import { type AskedContact, digestLetter, unplacedLetter } from './letters.ts';

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
const numbered = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ ...(n === 0 ? call : mail), number: n + 1, link: link(n) }));
const written = (count: number, language: Language, more = 0, isRead = true) =>
  digestLetter(numbered(count), { count: more, link: 'https://letopis.example/' }, isRead, {
    language,
    zone: 'Europe/Kyiv',
    now,
  });

test('a number, facts and a link for each, the day where it is not today; how to answer by mail', () => {
  expect(written(2, 'ru').text).toBe(`Напишите о каждом одно-два предложения: о чём шла речь и что решили.

Можно и просто ответить на это письмо: с новой строки номер и ваши слова, например «1. Просит счёт, перезвонить в среду».

1. Входящий звонок · Иван, Ромашка · +380 67 123-45-67 · 20 ноября, 17:05 · 1:05
https://letopis.example/d/0

2. Входящее письмо · Ivan <b>, ivan@acme.example · 10:05
https://letopis.example/d/1

-- 
Письмо пришло, потому что за эти контакты отвечаете вы. Каждая ссылка открывает только один из них; никому их не пересылайте.
`);
  const { html } = written(2, 'ru');
  expect(html.match(/href="[^"]+"/g)).toEqual([`href="${link(0)}"`, `href="${link(1)}"`]);
  expect(html).toContain('>2. Входящее письмо · Ivan &#60;b&#62;, ivan@acme.example · 10:05<br>');
});

test('where no mailbox is read, no answer is asked for', () => {
  expect(written(2, 'ru', 0, false).text).toMatch(/^Напишите .*\n\n1\. Входящий звонок/);
});

test.each<[Language, string]>([
  ['uk', '«1. Просить рахунок, передзвонити в середу»'],
  ['en', '“1. Wants an invoice, call back on Wednesday”'],
])('how to answer, in %s', (language, example) => {
  expect(written(2, language).text).toContain(`${example}.\n\n1. `);
  expect(written(2, language).html).toContain(example);
});

test('what could not be placed comes back in his own words, with why, the cure, and what still waits', () => {
  const { subject, text, html } = unplacedLetter(
    [
      { because: 'no-number', number: null, text: 'Добрый день!\n<b>' },
      { because: 'unknown-number', number: 7, text: 'мимо' },
    ],
    numbered(2).slice(1),
    { language: 'ru', zone: 'Europe/Kyiv', now },
  );
  expect(subject).toBe('Не всё из вашего ответа удалось записать');
  expect(
    text,
  ).toBe(`Эти слова из вашего ответа пока нигде не записаны. Остальное, если оно было, записано; сам ответ сохранён.

Без номера: неясно, о какой это записи.

> Добрый день!
> <b>

Номера 7 в нашем письме нет.

> мимо

Ответьте на это письмо: с новой строки номер с точкой и ваши слова, например «1. Просит счёт, перезвонить в среду». То, что уже записано, повторять не нужно.

Под этими номерами ещё ждут:

2. Входящее письмо · Ivan <b>, ivan@acme.example · 10:05
https://letopis.example/d/1

-- 
Письмо пришло, потому что за эти контакты отвечаете вы. Каждая ссылка открывает только один из них; никому их не пересылайте.
`);
  expect(html).toContain('>Добрый день!\n&#60;b&#62;</blockquote>');
});

test.each<[Language, string]>([
  ['uk', 'Номер 2 названо не один раз'],
  ['en', 'Number 2 is named more than once'],
])('in %s too', (language, words) => {
  const unplaced = [{ because: 'twice', number: 2, text: 'a' }] as const;
  expect(unplacedLetter(unplaced, [], { language, zone: 'Europe/Kyiv', now }).text).toContain(words);
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
