import { lookBack } from '../../src/match/past.ts';
import { matchContact } from '../../src/match/run.ts';
import type { Db } from '../../src/store/index.ts';
import { atMost, type Benchmark, quantile, type Result, require, scaled } from './bench.ts';
import { startBenchDatabase } from './bench-database.ts';

const office = { region: 'UA', regionOf: () => null, extensions: /^\d{3}$/, own: { numbers: [], domains: [] } };
const number = '+380441234567';

/**
 * A number was added to a client who had called from it ten thousand times: from the job to the last contact linked, every
 * one with its row in the change log, everything forced to disk. And what a live decision waits meanwhile.
 */
export const rematch: Benchmark = async () => {
  const database = await startBenchDatabase();
  try {
    const contacts = scaled(10_000);
    const looks: number[] = [];
    const waits: number[] = [];
    for (let round = 0; round < 5; round++) {
      const db = await database.fresh();
      const point = await fill(db, contacts);
      const { seconds, live } = await look(db, point, contacts);
      if (round > 0) looks.push(seconds); // the first one warms up
      waits.push(...live);
    }
    const idle = await idleMs(await database.fresh());
    return results(looks, waits, idle, contacts);
  } finally {
    await database.stop();
  }
};

/** Contacts of the number among twice as many others, as they lie when it has gone on for a while. */
async function fill(db: Db, contacts: number): Promise<string> {
  const one = (n: string, address: string) => `
    insert into contact (id, channel, direction, outcome, started_at, ended_at, outside_kind, outside, outside_norm, connector,
                         facts, owner_id, state, match, decided_at)
    select gen_random_uuid(), 'call', 'inbound', 'answered', t, t, 'phone', ${address}, ${address}, 'pbx',
           jsonb_build_object('employees', '[]'::jsonb, 'details', jsonb_build_object('call', jsonb_build_object(
             'talks', jsonb_build_array(jsonb_build_object('who', '101', 'seconds', 60)), 'employees', '["101"]'::jsonb,
             'linkedIds', jsonb_build_array(n || '.1', n || '.2'), 'withheld', false, 'talkSeconds', 60))),
           e.id, 'bare', '{"verdict": "stranger", "because": "nobody", "candidates": []}', now()
      from (select n, timestamptz '2020-01-01' + n * interval '3 hours' as t from generate_series(1, ${n}) n) as s, employee e`;
  for (const text of [
    `insert into client (key, name) values ('acme', 'Acme')`,
    one(String(contacts), `'${number}'`),
    one(String(2 * contacts), `'+38050' || lpad(n::text, 7, '0')`),
    'vacuum analyze',
  ])
    await db.rows({ text, values: [] });
  const [point] = await db.rows<{ id: string }>({
    text: `insert into contact_point (kind, address, raw, client_id) select 'phone', $1, '', id from client returning id`,
    values: [number],
  });
  return point?.id ?? '';
}

async function look(db: Db, point: string, contacts: number): Promise<{ seconds: number; live: number[] }> {
  const others = await db.rows<{ id: string }>({
    text: 'select id from contact where outside_norm <> $1 limit 400',
    values: [number],
  });
  const live: number[] = [];
  const done = { isThrough: false };
  const deciding = (async () => {
    for (let i = 0; !done.isThrough; i++) {
      live.push(await timed(() => matchContact(db, others[i % others.length]?.id ?? '', office)));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const seconds =
    (await timed(async () => {
      const found = await lookBack(db, point, office);
      require(found?.changed === contacts, `${found?.changed} of ${contacts} contacts were linked`);
    })) / 1000;
  done.isThrough = true;
  await deciding;
  return { seconds, live };
}

async function idleMs(db: Db): Promise<number> {
  await fill(db, 100);
  const [contact] = await db.rows<{ id: string }>({ text: 'select id from contact limit 1', values: [] });
  const times: number[] = [];
  for (let i = 0; i < 100; i++) times.push(await timed(() => matchContact(db, contact?.id ?? '', office)));
  return quantile(times, 0.95);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function results(looks: readonly number[], waits: readonly number[], idle: number, contacts: number): Result[] {
  const seconds = quantile(looks, 0.5);
  const p95 = quantile(waits, 0.95);
  const span = `${Math.min(...looks).toFixed(2)}–${Math.max(...looks).toFixed(2)}`;
  return [
    atMost(
      `re-match of ${contacts} contacts after one number was added`,
      1,
      seconds,
      ' s',
      `rounds ${span} s, ${(seconds / 1).toFixed(2)} of the limit; ${Math.round(contacts / seconds)} contacts a second, each with its change row`,
    ),
    {
      what: 'a live decision meanwhile, p95',
      measured: `${p95.toFixed(1)} ms`,
      goal: '≤ 100 ms',
      met: p95 <= 100,
      remark: `${(p95 / idle).toFixed(1)} times the ${idle.toFixed(1)} ms of a quiet database; longest ${Math.max(...waits).toFixed(0)} ms`,
    },
  ];
}
