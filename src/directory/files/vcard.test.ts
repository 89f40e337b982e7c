import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { isVcard, readVcards } from './vcard.ts';
import { readCards } from './vcard-text.ts';

const read = (text: string | Buffer) => readVcards(Buffer.from(text), { file: 'x.vcf', region: 'UA' });
const seen = (text: string | Buffer) =>
  read(text).rows.map(({ name, kind, people, points }) => ({
    name: kind === 'private' ? `(${name})` : name,
    people,
    points: points.map((p) => `${p.person ?? '-'} ${p.kind}${p.mobile ? ' mobile' : ''} ${p.address}`),
  }));
const card = (version: string, ...lines: string[]) =>
  ['BEGIN:VCARD', `VERSION:${version}`, ...lines, 'END:VCARD', ''].join('\r\n');
const qp = (text: string) =>
  [...Buffer.from(text)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
const petrov = { name: 'Ромашка', people: ['Пётр Петров'] };

describe('one card', () => {
  test.each([
    [
      '3.0, of an organisation',
      card(
        '3.0',
        'N:Петров;Пётр;;;',
        'FN:Пётр Петров',
        'ORG:Ромашка;Отдел сбыта',
        'TEL;TYPE=CELL,VOICE:050 123-45-67',
        'TEL;TYPE=WORK,FAX:0441234568',
        'EMAIL;TYPE=INTERNET:P.Petrov@romashka.example',
      ),
      {
        ...petrov,
        points: [
          'Пётр Петров phone mobile +380501234567',
          '- fax +380441234568',
          'Пётр Петров email p.petrov@romashka.example',
        ],
      },
    ],
    [
      '2.1 of a telephone, quoted-printable, over lines',
      card(
        '2.1',
        `N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:${qp('Петров')};${qp('Пётр')};;;`,
        `ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:${qp('Рома').slice(0, -1)}=`.replace(/=$/, '').slice(0, -2) +
          `=\r\n${qp('Рома').slice(-3)}${qp('шка')}`,
        'TEL;CELL;PREF:+380501234567',
      ),
      { ...petrov, points: ['Пётр Петров phone mobile +380501234567'] },
    ],
    [
      '4.0, with addresses as URIs and groups',
      card(
        '4.0',
        'FN:Пётр Петров',
        'ORG:Ромашка',
        'item1.TEL;VALUE=uri;TYPE="voice,cell":tel:+380-50-123-45-67',
        'item1.X-ABLabel:mob',
        'EMAIL:mailto:p@romashka.example',
      ),
      { ...petrov, points: ['Пётр Петров phone mobile +380501234567', 'Пётр Петров email p@romashka.example'] },
    ],
    [
      'folded in the middle of a word',
      card('3.0', 'FN:Пётр Пет', ' ров', 'ORG:Ром', '\tашка'),
      { ...petrov, points: [] },
    ],
    [
      'without an organisation',
      card('3.0', 'FN:Пётр Петров', 'TEL:0501234567'),
      { name: '(Пётр Петров)', people: [], points: ['- phone +380501234567'] },
    ],
    [
      'of the organisation itself',
      card('4.0', 'KIND:org', 'FN:Ромашка', 'TEL:0441234567'),
      { name: 'Ромашка', people: [], points: ['- phone +380441234567'] },
    ],
    [
      'that bears the name of its organisation',
      card('3.0', 'FN:Ромашка', 'ORG:Ромашка', 'TEL:0441234567'),
      { name: 'Ромашка', people: [], points: ['- phone +380441234567'] },
    ],
    ['without FN', card('3.0', 'N:Петров;Пётр', 'ORG:Ромашка'), { ...petrov, points: [] }],
    [
      'with escapes',
      card('3.0', 'FN:Пётр Петров', 'ORG:Ромашка\\; и\\, сыновья'),
      { ...petrov, name: 'Ромашка; и, сыновья', points: [] },
    ],
    [
      'with a picture',
      card('2.1', 'FN:Пётр Петров', 'ORG:Ромашка', 'PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQ', ' SkZJRg==', ''),
      { ...petrov, points: [] },
    ],
    [
      'with a card within',
      card('2.1', 'FN:Пётр Петров', 'ORG:Ромашка', 'AGENT:', 'BEGIN:VCARD', 'FN:Секретарь', 'END:VCARD'),
      { ...petrov, points: [] },
    ],
  ])('%s', (_story, text, expected) => expect(seen(text)).toEqual([expected]));

  test('in the code page of an old office program, in UTF-16, in what its charset says', () => {
    const text = card('2.1', 'FN:Пётр Петров', 'ORG:Ромашка');
    const koi = Buffer.concat([
      Buffer.from('BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=KOI8-R:'),
      iconv.encode('Пётр Петров', 'koi8-r'),
      Buffer.from('\r\nORG;CHARSET=KOI8-R:'),
      iconv.encode('Ромашка', 'koi8-r'),
      Buffer.from('\r\nEND:VCARD\r\n'),
    ]);
    for (const bytes of [
      iconv.encode(text, 'win1251'),
      iconv.encode(text, 'utf16le', { addBOM: true }),
      Buffer.from(`\ufeff${text}`),
      koi,
    ]) {
      expect(isVcard(bytes)).toBe(true);
      expect(seen(bytes)).toEqual([{ ...petrov, points: [] }]);
    }
  });
});

test('several cards: people of one organisation are one client; what is wrong is told with its line', () => {
  const text =
    card('3.0', 'FN:Анна', 'ORG:Ромашка', 'TEL:0501234567') +
    card('3.0', 'FN:Борис', 'ORG:РОМАШКА', 'TEL:позвонить', 'EMAIL:борис') +
    card('3.0', 'NOTE:nobody') +
    card('4.0', 'KIND:group', 'FN:Друзья');
  const { rows, rejected } = read(text);
  expect(rows.map(({ name, people }) => [name, people])).toEqual([['Ромашка', ['Анна', 'Борис']]]);
  expect(rejected.map(({ line, column, value }) => [line, column, value])).toEqual([
    [11, 'phone', 'позвонить'],
    [12, 'email', 'борис'],
    [14, null, ''],
    [18, null, ''],
  ]);
});

test('a file that is cut off is broken, whatever came before', () => {
  expect(read(`${card('3.0', 'FN:A')}BEGIN:VCARD\r\nFN:B\r\n`).broken).toEqual({ line: 5, reason: expect.any(String) });
  expect(isVcard(Buffer.from('name,phone\nBEGIN:VCARD,1'))).toBe(false);
});

test('any bytes: never throws', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void read(Buffer.from(bytes))));
  const line = fc.oneof(
    fc.constantFrom(
      'BEGIN:VCARD',
      'END:VCARD',
      'VERSION:2.1',
      'N;ENCODING=QUOTED-PRINTABLE:=D0=',
      ' x',
      'TEL;CELL:1',
      'ORG:"',
      'FN;X="a:b;c":y',
    ),
    fc.string(),
  );
  fc.assert(fc.property(fc.array(line), (lines) => void read(lines.join('\r\n'))));
});

test('any name comes back, however the line is folded and encoded', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .map((text) => text.replace(/[\p{C}\s\\;,=:]/gu, 'x').normalize('NFC'));
  fc.assert(
    fc.property(name, fc.integer({ min: 1, max: 70 }), fc.boolean(), (text, width, isOld) => {
      const fold = (line: string, sign: string) =>
        line.match(new RegExp(`.{1,${width}}`, 'gs'))?.join(`${sign}\r\n`) ?? '';
      const quoted =
        qp(text)
          .match(/(?:=..){1,20}/g)
          ?.join('=\r\n') ?? '';
      const written = isOld
        ? `FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:${quoted}`
        : Buffer.from(fold(Buffer.from(`FN:${text}`).toString('latin1'), '').replaceAll('\r\n', '\r\n '), 'latin1');
      const bytes = Buffer.concat([
        Buffer.from(`BEGIN:VCARD\r\nVERSION:${isOld ? '2.1' : '3.0'}\r\n`),
        Buffer.from(written),
        Buffer.from('\r\nEND:VCARD\r\n'),
      ]);
      expect(readCards(bytes).cards[0]?.properties.find((one) => one.name === 'FN')?.text).toBe(text.trim());
    }),
  );
});
