import { describe, expect, test } from 'vitest';
import {
  done,
  type FolderPosition,
  hasNoNews,
  isUntouched,
  lostAt,
  mayAsk,
  meetFolder,
  modseqOf,
  readPosition,
  writePosition,
} from './position.ts';
import { highest, readRanges, type UidRange, without, writeUids } from './ranges.ts';

const now = new Date('2026-03-10T12:00:00Z');
const told = (uidNext: number, validity = '7', isExact = true, modseq: string | null = null) => ({
  validity,
  uidNext,
  isExact,
  exists: uidNext - 1,
  modseq,
});
const known: FolderPosition = {
  validity: '7',
  rewinds: 0,
  seen: 20,
  todo: [[1, 10]],
  newest: '2026-03-09T00:00:00.000Z',
  firstAt: '2026-03-01T00:00:00.000Z',
  past: { upTo: 15, since: null, asks: true },
  careful: null,
  troubled: [],
  modseq: '90',
};

describe('what is to be done in a folder', () => {
  test.each([
    ['first: all of it', undefined, told(21), null, 'first', [[1, 20]], 20],
    ['first: nothing of it', undefined, told(21), 'none', 'first', [], 20],
    ['first: an empty one', undefined, told(1), null, 'first', [], 0],
    ['nothing new', known, told(21), null, 'none', [[1, 10]], 20],
    [
      'new mail comes before old',
      known,
      told(26),
      null,
      'new-mail',
      [
        [21, 25],
        [1, 10],
      ],
      25,
    ],
    ['renumbered', known, told(6, '8'), null, 'renumbered', [[1, 5]], 5],
    ['renumbered, and empty', known, told(1, '8'), null, 'renumbered', [], 0],
    ['restored from a backup', known, told(16), null, 'renumbered', [[1, 15]], 15],
    ['the last mail is gone, where no UIDNEXT is told', known, told(16, '7', false), null, 'none', [[1, 10]], 20],
  ] as const)('%s', (_story, position, server, start, change, todo, seen) => {
    const met = meetFolder(position, server, now, start);
    expect(met.change).toBe(change);
    expect(met.position).toMatchObject({ todo, seen });
  });

  test('renumbered: two days before the last mail, nobody is asked, and the mails are known by another name', () => {
    const { position } = meetFolder({ ...known, todo: [] }, told(6), now, null);
    expect(position.past).toEqual({ upTo: 5, since: '2026-03-07T00:00:00.000Z', asks: false });
    expect(position).toMatchObject({ rewinds: 1, firstAt: known.firstAt });
  });

  test('renumbered while the past is caught up with, newest first: all of it is gone over again', () => {
    const { position } = meetFolder({ ...known, todo: [[1, 900]] }, told(6), now, null);
    expect(position.past).toEqual({ upTo: 5, since: known.past?.since ?? null, asks: false });
  });
});

describe('what happened in a folder, as the server tells it', () => {
  const marks = (uidNext: number, modseq: string | null, validity = '7') => ({ validity, uidNext, modseq });
  const unmarked = { ...known, modseq: null };
  test.each([
    ['nothing', known, marks(21, '90'), { hasNoNews: true, isUntouched: true }],
    [
      'a flag, or a mail that UIDNEXT does not show yet',
      known,
      marks(21, '91'),
      { hasNoNews: false, isUntouched: false },
    ],
    ['less than was known: an index made anew', known, marks(21, '1'), { hasNoNews: false, isUntouched: false }],
    ['a mail, and a sequence that never moves', known, marks(22, '90'), { hasNoNews: false, isUntouched: false }],
    ['numbered anew', known, marks(21, '90', '8'), { hasNoNews: false, isUntouched: false }],
    ['no sequences are kept', known, marks(21, null), { hasNoNews: true, isUntouched: false }],
    ['none was known', unmarked, marks(21, '90'), { hasNoNews: true, isUntouched: false }],
    ['neither', unmarked, marks(21, null), { hasNoNews: true, isUntouched: false }],
    ['a folder never seen', undefined, marks(21, '90'), { hasNoNews: false, isUntouched: false }],
  ] as const)('%s', (_story, position, server, expected) => {
    expect({ hasNoNews: hasNoNews(position, server), isUntouched: isUntouched(position, server) }).toEqual(expected);
  });

  test.each([
    ['first', undefined, told(21, '7', true, '95')],
    ['nothing new', known, told(21, '7', true, '95')],
    ['new mail', known, told(23, '7', true, '95')],
    ['renumbered', known, told(23, '8', true, '95')],
  ] as const)('the sequence is that of the look: %s', (_story, position, server) => {
    expect(meetFolder(position, server, now, null).position.modseq).toBe('95');
    expect(meetFolder(position, { ...server, modseq: null }, now, null).position.modseq).toBeNull();
  });

  test('63 bits; 0 and nothing are none', () => {
    expect([9_223_372_036_854_775_807n, 0n, undefined].map(modseqOf)).toEqual(['9223372036854775807', null, null]);
  });
});

test('a position written before sequences were kept goes on: nothing is looked at once more', () => {
  const { modseq: _, ...written } = known;
  const read = readPosition(JSON.stringify({ folders: { INBOX: written } }))?.get('INBOX');
  expect(read).toEqual({ ...known, modseq: null });
  const met = meetFolder(read, told(21, '7', true, '90'), now, null);
  expect(met).toEqual({ change: 'none', position: known });
});

test('what was lost on its way is gone over one by one, until it is through', () => {
  const lost = lostAt({ ...known, todo: [[1, 20]] }, 11, 20);
  expect(lost.careful).toEqual([11, 20]);
  expect(done(lost, 15, 20).careful).toEqual([11, 20]);
  expect(done(lost, 11, 20)).toMatchObject({ careful: null, todo: [[1, 10]] });
  expect(lostAt(known, 5, 5)).toMatchObject({
    troubled: [{ uid: 5, refusals: 0, losses: 1 }],
    todo: [
      [6, 10],
      [1, 4],
    ],
  });
});

test('a position comes back as it was written; another text is none', () => {
  for (const name of ['INBOX', 'constructor', '__proto__']) {
    const position = new Map([[name, known]]);
    expect(readPosition(writePosition(position))).toEqual(position);
  }
  for (const text of [null, '', '17', '{"folders":{"INBOX":{}}}', 'null']) expect(readPosition(text)).toBeNull();
});

describe('who may be asked about a mail', () => {
  const days = (n: number) => new Date(now.getTime() - n * 86_400_000);
  const since = (n: number, more: Partial<FolderPosition> = {}) => ({
    ...known,
    firstAt: days(n).toISOString(),
    ...more,
  });
  const past = { upTo: 15, since: null, asks: false };
  test.each([
    ['a new one', since(300), 16, days(0), true],
    ['there at the first look, of that day', since(0), 15, days(0.5), true],
    ['there at the first look, older', since(0), 15, days(2), false],
    ['numbered anew', since(300, { past }), 15, days(0), false],
    ['moved here from the time before', since(300), 16, days(301), false],
    ['moved here, not yet old', since(300), 16, days(89), true],
    ['moved here, old: its row may be gone', since(300), 16, days(91), false],
    ['no time is told: a new one', since(300), 16, null, true],
    ['no time is told: there at the first look', since(0), 15, null, false],
  ] as const)('%s', (_story, position, uid, arrivedAt, expected) => {
    expect(mayAsk(position, uid, arrivedAt, now)).toBe(expected);
  });
});

describe('ranges of UIDs', () => {
  test.each([
    [
      '1,5:10,20',
      [
        [20, 20],
        [5, 10],
        [1, 1],
      ],
    ],
    ['10:5', [[5, 10]]],
    ['', []],
    ['0,*,x,1:*', []],
  ] as const)('%s', (set, expected) => expect(readRanges(set)).toEqual(expected));

  test.each<readonly [UidRange[], number, number, UidRange[]]>([
    [[[1, 10]], 5, 10, [[1, 4]]],
    [
      [[1, 10]],
      3,
      4,
      [
        [5, 10],
        [1, 2],
      ],
    ],
    [
      [
        [20, 30],
        [1, 10],
      ],
      5,
      25,
      [
        [26, 30],
        [1, 4],
      ],
    ],
    [[[1, 10]], 11, 12, [[1, 10]]],
    [[[1, 10]], 1, 10, []],
  ])('%j without %i:%i', (ranges, from, to, expected) => expect(without(ranges, from, to)).toEqual(expected));

  test('the highest first; as a command wants them', () => {
    expect(
      highest(
        [
          [20, 21],
          [1, 4_000_000_000],
        ],
        4,
      ),
    ).toEqual([21, 20, 4_000_000_000, 3_999_999_999]);
    expect(writeUids([7, 3, 2, 1, 9, 8])).toBe('1:3,7:9');
  });
});
