import { expect, test } from 'vitest';
import { addressOf, hasFailed, kindOf, type Named, whoOf } from './words.ts';

const mail: Named = {
  channel: 'email',
  direction: 'inbound',
  outcome: null,
  withheld: false,
  outside: 'ivan@client.example',
  outsideNorm: 'ivan@client.example',
  outsideName: 'Иван',
  clientName: null,
  personName: null,
  fax: null,
};
const fax: Named = { ...mail, channel: 'fax', fax: { status: 'received', error: null } };
const sent = { status: 'sent-report', error: null } as const;

test.each<[Named, string, string, string]>([
  [mail, 'Входящее письмо', 'Вхідний лист', 'Incoming mail'],
  [{ ...mail, direction: 'outbound' }, 'Исходящее письмо', 'Вихідний лист', 'Outgoing mail'],
  [fax, 'Факс получен', 'Факс отримано', 'Fax received'],
  [{ ...fax, fax: { status: 'failed', error: null } }, 'Факс не принят', 'Факс не прийнято', 'Fax not received'],
  [{ ...fax, direction: 'outbound', fax: sent }, 'Факс отправлен', 'Факс надіслано', 'Fax sent'],
  [
    { ...fax, direction: 'outbound', fax: { ...sent, error: 'busy' } },
    'Факс не отправлен',
    'Факс не надіслано',
    'Fax not sent',
  ],
  [{ ...mail, channel: 'call', outcome: 'fax' }, 'Факс', 'Факс', 'Fax'],
  [{ ...mail, channel: 'call', outcome: 'answered' }, 'Входящий звонок', 'Вхідний дзвінок', 'Incoming call'],
])('how it happened: %#', (contact, ...words) => {
  expect((['ru', 'uk', 'en'] as const).map((language) => kindOf(contact, language))).toEqual(words);
});

test.each<[string, Partial<Named>, string]>([
  ['a name and an address', {}, 'Иван, ivan@client.example'],
  ['a client', { clientName: 'Ромашка', personName: 'Иван' }, 'Иван, Ромашка'],
  ['nobody named', { outside: null, outsideNorm: null, outsideName: null }, 'адрес неизвестен'],
])('with whom: %s', (_story, part, expected) => {
  expect(whoOf({ ...mail, ...part }, 'ru')).toBe(expected);
});

test('a withheld number, and a fax that told none', () => {
  expect(addressOf({ ...fax, withheld: true }, 'ru')).toBe('номер скрыт');
  expect(addressOf({ ...fax, outside: null, outsideNorm: null }, 'ru')).toBe('номер неизвестен');
  expect([mail, fax, { ...fax, fax: { ...sent, error: 'busy' } }].map(hasFailed)).toEqual([false, false, true]);
});
