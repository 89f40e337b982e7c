import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildHouse, readHouse } from './kit/house.ts';
import { rules, type Violation } from './kit/house-rules.ts';

const show = ({ file, line, what }: Violation) => `${file}:${line} ${what}`;

describe('the house (DESIGN §5)', () => {
  const house = readHouse(join(import.meta.dirname, '..'));

  test('is read at all', () => expect(house.files.size).toBeGreaterThan(5));
  test.each(rules.map(({ rule, find }) => [rule, find] as const))('%s', (_rule, find) =>
    expect(find(house).map(show)).toEqual([]),
  );
});

/** A sound little house; each story below plants one fault in it. */
const sound: Readonly<Record<string, string>> = {
  'src/core/clock.ts': 'export interface Clock { now(): Date }',
  'src/connector/index.ts': "export type { Clock } from '../core/clock.ts';",
  'src/calls/index.ts': "export { assemble } from './assemble.ts';",
  'src/calls/assemble.ts': 'export const assemble = (text: string) => [text];',
  'src/ops/clock.ts':
    "import type { Clock } from '../core/clock.ts';\nexport const systemClock: Clock = { now: () => new Date() };",
  'src/store/db.ts':
    "import pg from 'pg';\nexport const sql = String.raw;\nexport const pool = () => new pg.Pool(sql``);",
  'src/match/run.ts':
    "import { pool } from '../store/db.ts';\nimport { decide } from './decide.ts';\nexport const run = () => decide(pool());",
  'src/match/decide.ts':
    "import type { Clock } from '../core/clock.ts';\nexport const decide = (clock: Clock) => clock;",
  'connectors/index.ts': "import { ami } from './ami/connector.ts';\nexport const connectors = { ami };",
  'connectors/ami/connector.ts':
    "import '../../src/connector/index.ts';\nimport { assemble } from '../../src/calls/index.ts';\nexport const ami = { kind: 'ami', assemble };",
  'connectors/ami/README.md': '',
  'src/main.ts': "import '../connectors/index.ts';\nimport './ops/clock.ts';\nimport './match/run.ts';",
};
const more = (path: string, text: string) => ({ [path]: `${sound[path] ?? ''}\n${text}` });

describe('a planted fault is found', () => {
  const found = (planted: Record<string, string>) => {
    const house = buildHouse(new Map(Object.entries({ ...sound, ...planted })), ['pg', 'yaml', 'ws']);
    return rules.flatMap(({ find }) => find(house)).map(show);
  };

  test('the sound house has none', () => expect(found({})).toEqual([]));

  test.each([
    ['a room nobody knows', { 'src/misc/a.ts': "import './a.ts';" }, /^src\/misc\/a\.ts:1 src\/misc has no floor/],
    [
      'up',
      more('src/core/clock.ts', "import '../ops/clock.ts';"),
      /^src\/core\/clock\.ts:2 goes up to src\/ops\/clock\.ts/,
    ],
    [
      'up by a type',
      more('src/ops/clock.ts', "import type { x } from '../store/db.ts';"),
      /^src\/ops\/clock\.ts:3 goes up/,
    ],
    [
      'up by an import type',
      more('src/ops/clock.ts', "export type X = import('../store/db.ts').X;"),
      /goes up to src\/store/,
    ],
    [
      'up by a dynamic import',
      more('src/ops/clock.ts', "export const x = () => import('../store/db.ts');"),
      /goes up to/,
    ],
    ['up by an export', more('src/ops/clock.ts', "export * from '../store/db.ts';"), /goes up to src\/store\/db\.ts/],
    [
      'sideways',
      { 'src/assign/run.ts': "import '../match/run.ts';\nimport './run.ts';" },
      /^src\/assign\/run\.ts:1 goes sideways/,
    ],
    [
      'past a door',
      more('src/match/run.ts', "import '../calls/assemble.ts';"),
      /^src\/match\/run\.ts:4 imports src\/calls\/assemble/,
    ],
    [
      'a nosy connector',
      more('connectors/ami/connector.ts', "import '../../src/core/clock.ts';"),
      /^connectors\/ami\/connector\.ts:4 imports/,
    ],
    [
      'an impure decision',
      more('src/match/decide.ts', "import '../store/db.ts';"),
      /^src\/match\/decide\.ts:3 imports/,
    ],
    [
      'a circle',
      more('src/calls/assemble.ts', "import './index.ts';"),
      /index\.ts → src\/calls\/assemble\.ts → src\/calls\/index\.ts/,
    ],
    [
      'a stray package',
      more('src/match/run.ts', "import pg from 'pg';"),
      /^src\/match\/run\.ts:4 uses pg, whose home is src\/store/,
    ],
    ['a package of tests', more('src/match/run.ts', "import 'vitest';"), /^src\/match\/run\.ts:4 uses vitest, which/],
    [
      'tests inside',
      more('src/match/run.ts', "import './run.fixture.ts';"),
      /^src\/match\/run\.ts:4 imports src\/match\/run\.fix/,
    ],
    ['now', more('src/match/run.ts', 'export const now = () => Date.now();'), /^src\/match\/run\.ts:4 Date\.now: time/],
    [
      'new Date()',
      more('src/match/run.ts', 'export const now = new Date();'),
      /^src\/match\/run\.ts:4 new Date\(\): time/,
    ],
    [
      'chance',
      more('src/match/run.ts', 'export const dice = Math.random();'),
      /^src\/match\/run\.ts:4 Math\.random: chance/,
    ],
    [
      'environment',
      more('src/match/run.ts', "export const home = process.env['HOME'];"),
      /^src\/match\/run\.ts:4 process\.env/,
    ],
    [
      'SQL',
      more('src/match/run.ts', 'export const q = sql`select 1`;'),
      /^src\/match\/run\.ts:4 sql``: SQL lives in src\/store/,
    ],
    [
      'another kind',
      { 'connectors/ami/connector.ts': "export const ami = { kind: 'imap' };" },
      /does not say kind: 'ami' but imap/,
    ],
    ['not registered', { 'connectors/index.ts': '' }, /^connectors\/ami\/connector\.ts:1 is not registered/],
    [
      'no README',
      { 'connectors/imap/connector.ts': "export const imap = { kind: 'imap' };" },
      /^connectors\/imap\/connector\.ts:1 has no README/,
    ],
    ['an unread file', { 'src/store/old.ts': 'export const x = 1;' }, /^src\/store\/old\.ts:1 nothing imports it/],
  ])('%s', (_story, planted: Record<string, string>, expected) => {
    expect(found(planted).filter((line) => expected.test(line))).toHaveLength(1);
  });

  test('a time that is given is no door', () => {
    expect(found(more('src/match/run.ts', 'export const then = new Date(0);'))).toEqual([]);
  });
});
