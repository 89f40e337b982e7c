import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import { hasRedis, startRedis } from '../../test/kit/redis.ts';
import { newId } from '../ops/chance.ts';
import { systemClock } from '../ops/clock.ts';
import { silentLog } from '../ops/log.ts';
import { type OutboxJob, sql } from '../store/index.ts';
import { openBull } from './bull.ts';
import { openQueue, type Queue, type QueueOptions } from './queue.ts';
import { rebuild, relayOnce } from './relay.ts';

const store = await testStore();
const { db } = store;
const redis = hasRedis ? await startRedis() : null;
afterAll(() => redis?.stop());

const queues: Queue[] = [];
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.close(500)));
  await db.rows(sql`delete from outbox`);
});

async function open(options: Partial<QueueOptions>): Promise<Queue> {
  const queue = await openQueue({ store, log: silentLog, clock: systemClock, ...options });
  queues.push(queue);
  return queue;
}

async function ask(job: OutboxJob, count = 1, notBefore: Date | null = null): Promise<string[]> {
  const refs = Array.from({ length: count }, newId);
  await db.rows(sql`
    insert into outbox (job, ref, not_before)
    select ${job}, ref, coalesce(${notBefore}::timestamptz, now()) from unnest(${refs}::uuid[]) as ref`);
  return refs;
}

const undone = async () => (await db.rows(sql`select 1 from outbox where done_at is null`)).length;

const backends = [['database', {}], ...(redis ? ([['redis', { redisUrl: redis.url }]] as const) : [])] as const;
if (!hasRedis && process.env['CI'] === 'true') {
  test('has redis-server', () => expect.fail('apt-get install redis-server'));
}
if (!hasRedis) {
  describe.skipIf(true)(
    'Redis (left out: no redis-server, apt-get install redis-server)',
    () => void test('all of it', () => {}),
  );
}

describe.each(backends)('on %s', (backend, options) => {
  test('every row reaches its handler once and is done', async () => {
    const queue = await open(options);
    const seen: string[] = [];
    queue.work('decide', async (ref) => void seen.push(`decide ${ref}`));
    queue.work('prompt', async (ref) => void seen.push(`prompt ${ref}`), { concurrency: 2 });
    const decide = await ask('decide', 700);
    const prompt = await ask('prompt', 20);
    queue.kick();
    await expect.poll(undone, { timeout: 10_000 }).toBe(0);
    expect(seen.sort()).toEqual(
      [...decide.map((ref) => `decide ${ref}`), ...prompt.map((ref) => `prompt ${ref}`)].sort(),
    );
    expect(await queue.health()).toEqual({ backend, reachable: true, unrelayed: 0, open: 0 });
  });

  test('a kick is not the poll: milliseconds, not a second', async () => {
    const queue = await open(options);
    const arrived = new Map<string, number>();
    queue.work('decide', async (ref) => void arrived.set(ref, performance.now()));
    const tookMs: number[] = [];
    for (let round = 0; round < 25; round += 1) {
      const [ref = ''] = await ask('decide');
      const since = performance.now();
      queue.kick();
      await expect.poll(() => arrived.get(ref), { interval: 2 }).toBeDefined();
      tookMs.push((arrived.get(ref) ?? 0) - since);
    }
    const median = tookMs.slice(5).sort((a, b) => a - b)[10] ?? Number.POSITIVE_INFINITY;
    expect(median).toBeLessThan(100); // 3 to 12 ms on a quiet machine
  });

  test('without a kick within a second or so; a later time is kept', async () => {
    const queue = await open(options);
    const seen: string[] = [];
    queue.work('prompt', async (ref) => void seen.push(ref));
    const [now] = await ask('prompt');
    const [later] = await ask('prompt', 1, new Date(systemClock.now().getTime() + 2500));
    await expect.poll(() => seen, { timeout: 2400 }).toEqual([now]);
    await expect.poll(() => seen, { timeout: 5000 }).toEqual([now, later]);
  });

  test('what fails is tried again until it succeeds', async () => {
    const queue = await open(options);
    let tries = 0;
    queue.work('prompt', async () => {
      tries += 1;
      if (tries < 3) throw new Error('the mail server is away');
    });
    await ask('prompt');
    queue.kick();
    await expect.poll(undone, { timeout: 10_000 }).toBe(0);
    expect(tries).toBe(3);
  });

  test('what is drained comes in order and in batches; what is left of one comes again, what fails does alone', async () => {
    const queue = await open(options);
    const asked = await ask('decide-past', 130);
    const poison = asked[70] ?? '';
    const seen: string[] = [];
    let tries = 0;
    queue.drain('decide-past', async (tx, refs) => {
      await tx.rows(sql`select 1`);
      if (refs.includes(poison)) {
        tries += 1;
        if (tries < 4) throw new Error('not yet');
      }
      const done = refs.slice(0, 20);
      seen.push(...done);
      return done.length;
    });
    queue.kick();
    await expect.poll(undone, { timeout: 10_000 }).toBe(0);
    expect(tries).toBe(4); // with others, alone, and alone after a second
    expect(seen.filter((ref) => ref !== poison)).toEqual(asked.filter((ref) => ref !== poison));
    expect(seen.at(-1)).toBe(poison);
    expect(await queue.health()).toEqual({ backend, reachable: true, unrelayed: 0, open: 0 });
  });

  test('two processes that drain do not do the same twice', async () => {
    const asked = await ask('decide-past', 200);
    const seen: string[] = [];
    for (const queue of [await open(options), await open(options)]) {
      queue.drain('decide-past', async (_tx, refs) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        seen.push(...refs);
        return refs.length;
      });
    }
    await expect.poll(undone, { timeout: 10_000 }).toBe(0);
    expect(seen.sort()).toEqual(asked.sort());
  });

  test('closing lets a running job end and leaves the others for the next process', async () => {
    const first = await open(options);
    const ended: string[] = [];
    first.work(
      'decide',
      async (ref) => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        ended.push(ref);
      },
      { concurrency: 1 },
    );
    await ask('decide', 3);
    first.kick();
    await expect.poll(async () => (await first.health()).open).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await first.close();
    expect(ended).toHaveLength(1);
    expect(await undone()).toBe(2);
    const second = await open(options);
    second.work('decide', async (ref) => void ended.push(ref));
    await expect.poll(undone, { timeout: 5000 }).toBe(0);
    expect(new Set(ended).size).toBe(3);
  });

  test('a handler that never ends is told to, and holds nobody up', async () => {
    const queue = await open(options);
    let reason: unknown;
    queue.work(
      'decide',
      (_ref, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            reject(signal.reason);
          });
        }),
    );
    await ask('decide');
    queue.kick();
    await expect.poll(async () => (await queue.health()).open).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const since = performance.now();
    await queue.close(200);
    expect(performance.now() - since).toBeLessThan(3000);
    expect(reason).toBeInstanceOf(Error);
  });

  test('a job the queue lost is found; one it knows is not added twice', async () => {
    const name = newId();
    const bull = openBull({ ...options, postgresUrl: store.url, name, log: silentLog });
    const parts = { db, bull, clock: systemClock, log: silentLog };
    await expect.poll(() => bull.reachable()).toBe(true);
    await ask('decide', 600);
    await ask('prompt', 5);
    expect([await relayOnce(parts), await relayOnce(parts), await relayOnce(parts)]).toEqual([500, 105, 0]);
    expect(await bull.count()).toBe(605);
    await rebuild(parts, 0, true);
    expect(await bull.count()).toBe(605);
    const rows = await db.rows<{ id: number }>(sql`select id from outbox where job = 'decide' order by id`);
    await bull.forget(
      'decide',
      rows.slice(0, 3).map(({ id }) => id),
    );
    expect(await bull.count()).toBe(602);
    await rebuild(parts, 0, false);
    expect(await bull.count()).toBe(605);
    await bull.close();
  });
});
