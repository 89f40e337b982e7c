import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDigestAnswer } from './digest-answer.ts';

/** `1=Wants prices.` placed · `!twice 2=…` not placed; in the order of the answer, placed ones first. */
function told(text: string, last = 5): string[] {
  const numbers = Array.from({ length: last }, (_, i) => i + 1);
  const { gists, unplaced } = readDigestAnswer(text, numbers);
  return [
    ...gists.map((one) => `${one.number}=${one.text}`),
    ...unplaced.map((one) => `!${one.because}${one.number === null ? '' : ` ${one.number}`}=${one.text}`),
  ];
}

test.each<[string, string[]]>([
  ['1 Просит счёт', ['1=Просит счёт']],
  ['2: перезвонить в среду', ['2=перезвонить в среду']],
  ['2:перезвонить', ['2=перезвонить']],
  ['1) счёт\n3) звонок', ['1=счёт', '3=звонок']],
  ['1. Просит счёт', ['1=Просит счёт']],
  ['1.просит счёт', ['1=просит счёт']],
  ['1 . Просит счёт', ['1=Просит счёт']],
  ['1.) Просит счёт', ['1=Просит счёт']],
  ['01. Просит счёт', ['1=Просит счёт']],
  ['(1) Просит счёт', ['1=Просит счёт']],
  ['[ 1 ] Просит счёт', ['1=Просит счёт']],
  ['#2 Не дозвонился', ['2=Не дозвонился']],
  ['#2 не дозвонился', ['2=не дозвонился']],
  ['# 2. не дозвонился', ['2=не дозвонился']],
  ['№2. Не дозвонился', ['2=Не дозвонился']],
  ['2 - ошиблись номером', ['2=ошиблись номером']],
  ['2 — ошиблись номером', ['2=ошиблись номером']],
  ['2 – ошиблись', ['2=ошиблись']],
  ['2- ошиблись', ['2=ошиблись']],
  ['2 -ошиблись', ['2=ошиблись']],
  ['2 -- ошиблись', ['2=ошиблись']],
  ['1 «Ромашка» просит счёт', ['1=«Ромашка» просит счёт']],
  ['1 Г-н Иванов просит счёт', ['1=Г-н Иванов просит счёт']],
  ['2 В среду перезвонить', ['2=В среду перезвонить']],
  ['   1. с отступом', ['1=с отступом']],
  ['\u00a01.\u00a0Просит', ['1=Просит']],
  ['1. 12 шт', ['1=12 шт']],
  ['1. +380 67 123-45-67 новый номер', ['1=+380 67 123-45-67 новый номер']],
  ['1.\nПросит счёт', ['1=Просит счёт']],
  ['1.', []],
  ['1. a\r\n2. b\r3. c', ['1=a', '2=b', '3=c']],
  ['3. последний\n1. первый', ['3=последний', '1=первый']],
  ['5. в списке\n6. не в списке', ['5=в списке', '!unknown-number 6=не в списке']],
  ['0. ноль', ['!unknown-number 0=ноль']],
  ['#9 мимо', ['!unknown-number 9=мимо']],
  ['8 Мимо', ['!unknown-number 8=Мимо']],
])('%j', (text, expected) => expect(told(text)).toEqual(expected));

describe('lines without a number belong to the one above', () => {
  test.each<[string, string[]]>([
    ['1. Просит счёт\nна сорок штук\n\nсрочно\n\n2. Ничего', ['1=Просит счёт\nна сорок штук\n\nсрочно', '2=Ничего']],
    ['6. мимо\nи это тоже\n1. a', ['1=a', '!unknown-number 6=мимо\nи это тоже']],
  ])('%j', (text, expected) => expect(told(text)).toEqual(expected));

  test.each([
    '10.000 грн',
    '10 000 грн',
    '10,5 тонны',
    '1.5 тонны',
    '1,5 тонны',
    '2026-03-01',
    '01.03.2026',
    '01.03 отгрузка',
    '1.12',
    '12 шт',
    '2 шт',
    '2 тонны',
    '3 дня',
    '3 Дня',
    '2 раза звонил',
    '1 марта приедет',
    '2 m cable',
    '4 pcs',
    '10:30 созвон',
    '2:30 ночи',
    '2-3 дня',
    '2–3 дня',
    '3-й этаж',
    '2-х штук',
    '1/2 заказа',
    '50% предоплата',
    '5% скидка',
    '2 x 300',
    '2*300',
    '8 (044) 123-45-67',
    '8 800 555-35-35',
    '+380 67 123-45-67',
    '044 123 45 67',
    '1С обновить',
    '1С: обновить',
    '3G роутер',
    '5€',
    '100500',
    '2024. год был трудным',
    '№12/3 оплачен',
    '#2024 оплачен',
    '2 300 штук',
  ])('%s is no number of the list', (line) => {
    expect(told(`1 Заказали\n${line}\nи всё`)).toEqual([`1=Заказали\n${line}\nи всё`]);
    expect(told(`1. Заказали\n${line}\nи всё`, 50)).toEqual([`1=Заказали\n${line}\nи всё`]);
    expect(told(line, 50)).toEqual([`!no-number=${line}`]);
  });
});

describe('what can be read in two ways is asked about', () => {
  test.each([
    '2 перезвонить в среду',
    '2 ящичка помидоров',
    '2 - 3 дня',
    '2 – 15 %',
    '2-комнатная квартира',
    '2-перезвонить',
    '№2 оплачен',
    '№ 2 от понедельника',
    '2, 3: не дозвонился',
    '2,3 - не дозвонился',
    '2, 3 не дозвонился',
    '2 +380 67 123-45-67',
    '2 (перезвонить)',
    '2',
  ])('%s', (line) => {
    expect(told(`1 Заказали\n${line}\nи всё`)).toEqual(['1=Заказали', `!doubtful 2=${line}\nи всё`]);
    expect(told(line)).toEqual([`!doubtful 2=${line}`]);
    expect(told(`1. Заказали\n${line}`)).toEqual(['1=Заказали', `!doubtful 2=${line}`]);
    // Not in the digest, or said elsewhere: then it is none.
    expect(told(`1 Заказали\n${line}`, 1)).toEqual([`1=Заказали\n${line}`]);
    expect(told(`1 Заказали\n${line}\n2 Ждёт`)).toEqual([`1=Заказали\n${line}`, '2=Ждёт']);
  });

  test.each<[string, string[]]>([
    ['1: счёт\n№2 перезвонить', ['1=счёт', '!doubtful 2=№2 перезвонить']],
    ['1: a\n- 2: b', ['1=a', '!doubtful 2=- 2: b']],
    ['1: a\n*2.* b', ['1=a', '!doubtful 2=*2.* b']],
    ['1) Просит счёт 3) Отказ', ['!doubtful 1=1) Просит счёт 3) Отказ']],
    ['1) Просит: 1) счёт, 9) акт', ['1=Просит: 1) счёт, 9) акт']],
    ['1: a\n2. 03. 2026 приедет', ['1=a', '!doubtful 2=2. 03. 2026 приедет']],
    ['1: a\n2. марта приедет', ['1=a', '!doubtful 2=2. марта приедет']],
    ['- 1. не с начала строки', ['!doubtful 1=- 1. не с начала строки']],
  ])('%j', (text, expected) => expect(told(text)).toEqual(expected));
});

test.each<[string, string, string[]]>([
  ['no number at all', 'Просит счёт', ['!no-number=Просит счёт']],
  ['nothing at all', ' \n ', []],
  ['a greeting', 'Добрый день!\n\n1. Просит счёт', ['1=Просит счёт', '!no-number=Добрый день!']],
  ['a number twice', '1. a\n2. b\n1. c\nd', ['2=b', '!twice 1=a', '!twice 1=c\nd']],
  ['twice in two forms', '1. a\n1 Б', ['!twice 1=a', '!twice 1=Б']],
  ['an unknown number twice', '7. a\n7. b', ['!unknown-number 7=a', '!unknown-number 7=b']],
  [
    'our own mail below, not marked as a quote',
    '1. Просит счёт\n2. Ничего\n1. Входящий звонок · Ромашка · 10:05\nhttps://l.example/d/x\n\n2. Входящее письмо · Иван\nЗаписать',
    ['1=Просит счёт', '2=Ничего'],
  ],
  [
    'our link below his words, not cut off',
    `1. Просит счёт\nhttps://l.example/d/${'x'.repeat(43)}\n2. Ничего`,
    ['2=Ничего', `!quoted 1=Просит счёт\nhttps://l.example/d/${'x'.repeat(43)}`],
  ],
  [
    'answered between our own lines',
    '1. Входящий звонок · Ромашка · 10:05\nhttps://l.example/d/x\nПросит счёт',
    ['!quoted 1=Входящий звонок · Ромашка · 10:05\nhttps://l.example/d/x\nПросит счёт'],
  ],
])('%s', (_story, text, expected) => expect(told(text)).toEqual(expected));

test('another order of numbers, as after drafts were settled before the mail went out', () => {
  expect(readDigestAnswer('2. b\n4. d', [2, 4, 7])).toEqual({
    gists: [
      { number: 2, text: 'b' },
      { number: 4, text: 'd' },
    ],
    unplaced: [],
  });
});

/** Words as people write them, with numbers at the beginning of lines now and then. */
const line = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => text.replace(/[\r\n]/g, ' ')),
  fc
    .tuple(
      fc.constantFrom('', '#', '№', '('),
      fc.integer({ min: 0, max: 60 }),
      fc.constantFrom('.', ')', ':', ' -', ' ', '', ', 3', '-'),
      fc.constantFrom('', ' ', '  '),
      fc.constantFrom('Просит', 'счёт', 'шт', '5 дней', '·', ' · ', '', '000 грн'),
    )
    .map((parts) => parts.join('')),
);
const answer = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'));
const some = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 20 });

test('property: only numbers of the digest, each once, and no empty words', () => {
  fc.assert(
    fc.property(answer, some, (text, numbers) => {
      const { gists, unplaced } = readDigestAnswer(text, numbers);
      expect(new Set(gists.map(({ number }) => number)).size).toBe(gists.length);
      for (const { number } of gists) expect(numbers).toContain(number);
      for (const one of [...gists, ...unplaced]) expect(one.text.trim()).toBe(one.text);
      for (const one of [...gists, ...unplaced]) expect(one.text).not.toBe('');
    }),
  );
});

test('property: no word is lost and none stands in two places, unless our own mail is quoted', () => {
  const letters = (text: string) => [...text.replace(/[^\p{L}]/gu, '')].sort().join('');
  fc.assert(
    fc.property(answer, some, (text, numbers) => {
      fc.pre(!text.includes('·'));
      const { gists, unplaced } = readDigestAnswer(text, numbers);
      expect(letters([...gists, ...unplaced].map((one) => one.text).join('\n'))).toBe(letters(text));
    }),
  );
});

test('property: marked as the mail asks for, words come back as they were written, whatever they are', () => {
  const words = fc.constantFrom(
    'Просит счёт',
    'перезвонить',
    '12 шт',
    '10.000 грн',
    '2026-03-01',
    'ok',
    '+380671234567',
  );
  const mark = fc.constantFrom('. ', ') ', ': ', '.) ');
  fc.assert(
    fc.property(some, mark, fc.array(words, { minLength: 20, maxLength: 20 }), (numbers, sign, texts) => {
      const given = numbers.map((number, i) => ({ number, text: texts[i] ?? '' }));
      const { gists, unplaced } = readDigestAnswer(
        given.map(({ number, text }) => `${number}${sign}${text}`).join('\n'),
        numbers,
      );
      expect([gists, unplaced]).toEqual([given, []]);
    }),
  );
});

test('a megabyte of traps takes no longer than its length', () => {
  const long = `1. ${'1 '.repeat(200_000)}\n${'9'.repeat(200_000)}\n${'1,'.repeat(200_000)}\n${'- '.repeat(200_000)}`;
  const before = performance.now();
  readDigestAnswer(long, [1]);
  readDigestAnswer(`${' '.repeat(300_000)}x`.repeat(3), [1]);
  expect(performance.now() - before).toBeLessThan(2000);
});
