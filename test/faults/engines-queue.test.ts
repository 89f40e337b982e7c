import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/ops/chance.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { silentLog } from '../../src/ops/log.ts';
import { openQueue, type Queue } from '../../src/queue/index.ts';
import { sql } from '../../src/store/index.ts';
import { testStore } from '../kit/postgres.ts';
import { hasRedis, startRedis } from '../kit/redis.ts';

const store = await testStore();
const { db } = store;
const redis = hasRedis ? await startRedis() : null;
afterAll(() => redis?.stop());
const queues: Queue[] = [];
afterEach(async () => {
  await Promise.all(queues.splice(0).map((queue) => queue.close(500)));
  await db.rows(sql`delete from outbox`);
});

async function open(): Promise<Queue> {
  const queue = await openQueue({
    store,
    log: silentLog,
    clock: systemClock,
    ...(redis ? { redisUrl: redis.url } : {}),
  });
  queues.push(queue);
  return queue;
}

async function ask(count: number): Promise<string[]> {
  const refs = Array.from({ length: count }, newId);
  await db.rows(sql`insert into outbox (job, ref) select 'prompt', ref from unnest(${refs}::uuid[]) as ref`);
  return refs;
}
const undone = async () => (await db.rows(sql`select 1 from outbox where done_at is null`)).length;

if (!hasRedis && process.env['CI'] === 'true') {
  test('has redis-server', () => expect.fail('apt-get install redis-server'));
}
const leftOut = hasRedis ? '' : ' (left out: no redis-server, apt-get install redis-server)';

describe.skipIf(!redis)(`Redis${leftOut}`, () => {
  test('FLUSHALL with jobs waiting: all of them are done within a minute', async () => {
    const first = await open();
    const refs = await ask(2000);
    first.kick();
    await expect.poll(async () => (await first.health()).open, { timeout: 10_000 }).toBe(2000);
    expect(await redis?.send('DBSIZE')).not.toBe(':0');
    expect(await redis?.send('FLUSHALL')).toBe('+OK');
    const seen: string[] = [];
    const since = performance.now();
    first.work('prompt', async (ref) => void seen.push(ref), { concurrency: 20 });
    await expect.poll(undone, { timeout: 60_000, interval: 200 }).toBe(0);
    expect(performance.now() - since).toBeLessThan(60_000);
    expect(new Set(seen)).toEqual(new Set(refs));
  }, 90_000);

  test('down from the start: rows wait, nothing throws; up again: done within seconds', async () => {
    await redis?.kill();
    const queue = await open();
    const seen: string[] = [];
    queue.work('prompt', async (ref) => void seen.push(ref));
    const refs = await ask(3);
    queue.kick();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await queue.health()).toEqual({ backend: 'redis', reachable: false, unrelayed: 3, open: 0 });
    await redis?.start();
    await expect.poll(undone, { timeout: 15_000 }).toBe(0);
    expect(seen.sort()).toEqual([...refs].sort());
  }, 60_000);

  test('kill -9 under load: nothing is lost', async () => {
    const queue = await open();
    const seen = new Set<string>();
    queue.work('prompt', async (ref) => void seen.add(ref), { concurrency: 10 });
    const refs: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      refs.push(...(await ask(50)));
      queue.kick();
      if (round === 8) await redis?.kill();
      if (round === 14) await redis?.start();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await expect.poll(undone, { timeout: 60_000, interval: 200 }).toBe(0);
    expect(seen).toEqual(new Set(refs));
  }, 90_000);

  test('down while closing: the daemon still ends', async () => {
    const queue = await open();
    queue.work('prompt', async () => {});
    await ask(1);
    await expect.poll(undone, { timeout: 5000 }).toBe(0);
    await redis?.kill();
    const since = performance.now();
    await queue.close(500);
    expect(performance.now() - since).toBeLessThan(6000);
    await redis?.start();
  }, 30_000);
});
