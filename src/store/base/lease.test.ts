import { expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { silentLog } from '../../ops/log.ts';
import { sql } from './db.ts';
import { acquireLease, holdsLease, releaseLease, renewLease } from './lease.ts';
import { openStore } from './pool.ts';

const store = await testStore();
const { db } = store;
const runOut = (connector: string) =>
  db.rows(sql`update connector_lease set until = now() - interval '1 second' where connector = ${connector}`);

test('two processes at once: one gets it, the other waits', async () => {
  const other = await openStore({ url: store.url, schema: store.schema, log: silentLog });
  const both = await Promise.all([acquireLease(db, 'pbx', 'a', 60_000), acquireLease(other.db, 'pbx', 'b', 60_000)]);
  expect(both.filter(Boolean)).toHaveLength(1);
  expect(both.find(Boolean)).toMatchObject({ connector: 'pbx', epoch: 1 });
  await other.close();
});

test('who slept past his term and was replaced is fenced off', async () => {
  const old = await acquireLease(db, 'mail', 'a', 60_000);
  if (!old) throw new Error('a free lease was refused');
  await runOut('mail');
  const next = await acquireLease(db, 'mail', 'b', 60_000);
  expect(next).toEqual({ connector: 'mail', holder: 'b', epoch: 2 });
  expect(await renewLease(db, old, 60_000)).toBe(false);
  expect(await db.transaction((tx) => holdsLease(tx, old))).toBe(false);
  await releaseLease(db, old);
  expect(await acquireLease(db, 'mail', 'c', 60_000)).toBeNull();
});

test('who slept past his term and was not replaced goes on', async () => {
  const lease = await acquireLease(db, 'fax', 'a', 60_000);
  if (!lease) throw new Error('a free lease was refused');
  await runOut('fax');
  expect(await renewLease(db, lease, 60_000)).toBe(true);
  expect(await acquireLease(db, 'fax', 'b', 60_000)).toBeNull();
});

test('given back, it is free at once, with a new epoch', async () => {
  const lease = await acquireLease(db, 'web', 'a', 60_000);
  if (!lease) throw new Error('a free lease was refused');
  await releaseLease(db, lease);
  expect(await acquireLease(db, 'web', 'b', 60_000)).toEqual({ connector: 'web', holder: 'b', epoch: 2 });
});

test('nobody takes over between the question and the commit', async () => {
  const lease = await acquireLease(db, 'cdr', 'a', 60_000);
  if (!lease) throw new Error('a free lease was refused');
  await runOut('cdr');
  const order: string[] = [];
  let taking: Promise<unknown> = Promise.resolve();
  await db.transaction(async (tx) => {
    expect(await holdsLease(tx, lease)).toBe(true);
    taking = acquireLease(db, 'cdr', 'b', 60_000).then(() => order.push('taken'));
    await tx.rows(sql`select pg_sleep(0.2)`);
    order.push('written');
  });
  await taking;
  expect(order).toEqual(['written', 'taken']);
});
