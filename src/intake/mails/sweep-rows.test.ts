import { beforeEach, expect, test } from 'vitest';
import { testMails } from '../../../test/kit/mails.ts';
import { testStore } from '../../../test/kit/postgres.ts';
import { oldMailMs } from '../../core/contact/old-mail.ts';
import { sha256 } from '../../core/hash.ts';
import { newId } from '../../ops/chance.ts';
import { systemClock } from '../../ops/clock.ts';
import { sql } from '../../store/index.ts';
import { sweepRows } from './sweep-rows.ts';

const { db } = await testStore();
const deps = { db, clock: systemClock };
const never = new AbortController().signal;
const old = new Date(Date.now() - oldMailMs - 60_000);
const young = new Date(Date.now() - oldMailMs + 60_000);

beforeEach(() => db.rows({ text: 'truncate mail, capture, quarantine cascade', values: [] }));

interface Row {
  readonly arrivedAt?: Date;
  readonly readAt?: Date | null;
  readonly raw?: Buffer | null;
  readonly file?: string | null;
  readonly verdict?: string;
  readonly revision?: number;
  readonly inQuarantine?: boolean;
}
async function add(row: Row): Promise<string> {
  const { arrivedAt = old, readAt = old, raw = null, file = null, verdict = 'internal', revision = 0 } = row;
  const id = newId();
  const [aside] = row.inQuarantine
    ? await db.rows<{ id: number }>(
        sql`insert into quarantine (connector, fault, facts, raw) values ('sales', 'x', '{}', '') returning id`,
      )
    : [];
  await db.rows(sql`
    insert into mail (id, connector, key, arrived_at, size_bytes, raw, file, asks, read_at, verdict, revision, quarantined)
    values (${id}, 'sales', sha256(${id}::text::bytea), ${arrivedAt}, 5, ${raw}, ${file}, true, ${readAt}, ${verdict},
            ${revision}, ${aside?.id ?? null})`);
  return id;
}
const isThere = async (id: string) => (await db.rows(sql`select 1 from mail where id = ${id}`)).length === 1;

test.each<[string, 'goes' | 'stays', Row]>([
  ['among ourselves', 'goes', {}],
  ['our own prompt', 'goes', { verdict: 'own' }],
  ['an answer to our prompt', 'goes', { verdict: 'reply' }],
  ['never to be captured', 'goes', { verdict: 'excluded' }],
  ['read a second time, still nothing', 'goes', { revision: 1 }],
  ['not old yet', 'stays', { arrivedAt: young }],
  ['old, read only now: of a past that was caught up with', 'stays', { readAt: young }],
  ['a clock told the future', 'stays', { arrivedAt: new Date(Date.now() + 86_400_000) }],
  ['a contact’s', 'stays', { raw: Buffer.from('x'), verdict: 'contact' }],
  ['a contact’s of no bytes at all', 'stays', { raw: Buffer.alloc(0), verdict: 'contact' }],
  ['a large contact’s', 'stays', { file: 'f'.repeat(64), verdict: 'contact' }],
  ['a program’s', 'stays', { raw: Buffer.from('x'), verdict: 'automatic' }],
  ['not read yet', 'stays', { readAt: null, raw: Buffer.from('x') }],
  ['a person has to look at it', 'stays', { inQuarantine: true }],
])('%s: %s', async (_story, expected, row) => {
  const id = await add(row);
  expect(await sweepRows(deps, never)).toBe(expected === 'goes' ? 1 : 0);
  expect(await isThere(id)).toBe(expected === 'stays');
});

test('what was a contact once stays, whatever it was found to be when it was read anew', async () => {
  const id = await add({ revision: 2 });
  await db.rows(sql`
    insert into capture (id, connector, key, channel, revision, facts, evidence)
    values (${newId()}, 'sales', ${sha256(`mail:${id}\n1`)}, 'email', 1, '{}', '')`);
  expect(await sweepRows(deps, never)).toBe(0);
  expect(await isThere(id)).toBe(true);
});

test('in small statements, by the index, and others wait for none of them', async () => {
  await db.rows(sql`
    insert into mail (id, connector, key, arrived_at, size_bytes, asks, read_at, verdict)
    select gen_random_uuid(), 'sales', sha256(n::text::bytea), ${old}, 5, true, ${old}, 'internal'
      from generate_series(1, 1203) as n`);
  const held = await add({});
  const rests: number[] = [];
  const clock = { ...systemClock, sleep: async (ms: number) => void rests.push(ms) };
  await db.transaction(async (tx) => {
    await tx.rows(sql`select 1 from mail where id = ${held} for update`);
    expect(await sweepRows({ db, clock }, never)).toBe(1203);
  });
  expect(rests).toHaveLength(2);
  expect(await sweepRows({ db, clock }, never)).toBe(1);
  const plan = await db.transaction(async (tx) => {
    await tx.rows({ text: 'set local enable_seqscan = off', values: [] });
    return tx.rows<{ 'QUERY PLAN': string }>({
      text: `explain select id from mail
              where raw is null and file is null and quarantined is null and read_at is not null
                and greatest(arrived_at, read_at) < now() order by greatest(arrived_at, read_at) limit 500`,
      values: [],
    });
  });
  expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('Index Scan using mail_forgotten');
});

test('the daemon does it by itself', async () => {
  const id = await add({});
  const mails = testMails(db);
  mails.sweep();
  await expect.poll(() => isThere(id), { timeout: 5000 }).toBe(false);
  await mails.close();
});

test('it ends with the daemon, between two statements', async () => {
  await db.rows(sql`
    insert into mail (id, connector, key, arrived_at, size_bytes, asks, read_at, verdict)
    select gen_random_uuid(), 'sales', sha256(n::text::bytea), ${old}, 5, true, ${old}, 'internal'
      from generate_series(1, 600) as n`);
  expect(await sweepRows(deps, AbortSignal.abort())).toBe(500);
});
