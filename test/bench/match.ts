import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matchAddress } from '../../src/match/run.ts';
import { silentLog } from '../../src/ops/log.ts';
import { startEmbedded } from '../../src/store/embedded/index.ts';
import { type Db, migrate, openStore } from '../../src/store/index.ts';
import { type Benchmark, quantile, type Result, require, scaled } from './bench.ts';

const sizes = [scaled(10_000), scaled(1_000_000)] as const;
const office = { region: 'UA', regionOf: () => null, extensions: /^\d{3}$/, own: { numbers: [], domains: [] } };
const at = new Date('2026-06-01T09:00:00Z');

/** Whose number is it, among ten thousand and a million contact points: the way to the database and the decision. */
export const match: Benchmark = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'letopis-bench-pg-'));
  const embedded = await startEmbedded({ dataDir: join(folder, 'pg'), log: silentLog, scratch: true });
  const target = (size: number) => ({ url: embedded.url, schema: `s${size}`, log: silentLog, queryTimeoutMs: 120_000 });
  const stores: { readonly size: number; readonly db: Db; close(): Promise<void> }[] = [];
  try {
    for (const size of sizes) {
      await migrate(target(size));
      const store = await openStore(target(size));
      stores.push({ size, db: store.db, close: store.close });
      await fill(store.db, size);
    }
    return await measure(stores);
  } finally {
    for (const store of stores) await store.close();
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Ten points to a client, nine of them of its people; every client had contact once. */
async function fill(db: Db, points: number): Promise<void> {
  const clients = points / 10;
  const id = (kind: number, number: string) =>
    `lpad(to_hex(${kind}), 8, '0')::text || '-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0')`;
  for (const text of [
    `insert into employee (key, name, is_duty) values ('duty', 'Duty', true)`,
    `insert into client (id, key, name) select (${id(1, 'n')})::uuid, 'client ' || n, 'Client ' || n from generate_series(0, ${clients - 1}) n`,
    `insert into person (id, client_id, name) select (${id(2, 'n')})::uuid, (${id(1, 'n / 10')})::uuid, 'Person ' || n
       from generate_series(0, ${points - 1}) n where n % 10 > 0`,
    `insert into contact_point (kind, address, raw, client_id, person_id)
     select 'phone', '+38050' || lpad(n::text, 7, '0'), 'as written', case when n % 10 = 0 then (${id(1, 'n / 10')})::uuid end,
            case when n % 10 > 0 then (${id(2, 'n')})::uuid end from generate_series(0, ${points - 1}) n`,
    `insert into contact (id, channel, direction, started_at, ended_at, connector, facts, owner_id, state, client_id)
     select (${id(3, 'n')})::uuid, 'call', 'inbound', '2026-05-01', '2026-05-01', 'pbx', '{}', employee.id, 'bare', (${id(1, 'n')})::uuid
       from generate_series(0, ${clients - 1}) n, employee`,
    'analyze client, person, contact_point, contact',
  ]) {
    await db.rows({ text, values: [] });
  }
}

async function measure(stores: readonly { readonly size: number; readonly db: Db }[]): Promise<Result[]> {
  const p95s = new Map<number, number[]>(stores.map(({ size }) => [size, []]));
  for (let round = 0; round < 11; round++) {
    for (const { size, db } of round % 2 === 0 ? stores : [...stores].reverse()) {
      const times = await lookUp(db, size, 500);
      if (round > 0) p95s.get(size)?.push(quantile(times, 0.95)); // the first one warms up
    }
  }
  const [small = [], large = []] = [...p95s.values()];
  const p95 = quantile(large, 0.5);
  const ratio = quantile(
    large.map((one, round) => one / (small[round] ?? Number.NaN)),
    0.5,
  );
  const span = `${Math.min(...large).toFixed(2)}–${Math.max(...large).toFixed(2)}`;
  return [
    {
      what: 'match among 1,000,000 contact points, p95',
      measured: `${p95.toFixed(2)} ms`,
      goal: '≤ 1 ms',
      met: p95 <= 1,
      remark: `rounds ${span} ms, the way to the database and the decision included`,
    },
    {
      what: 'the same ÷ among 10,000',
      measured: `${ratio.toFixed(2)}×`,
      goal: '≤ 1.5×',
      met: ratio <= 1.5,
      remark: `${quantile(small, 0.5).toFixed(2)} ms among 10,000`,
    },
  ];
}

/** Numbers all over the table. @returns milliseconds of each */
async function lookUp(db: Db, size: number, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const number = (i * 7919 * 104_729) % size;
    const outside = { kind: 'phone', value: `050${String(number).padStart(7, '0')}` } as const;
    const begin = performance.now();
    const { match: found } = await matchAddress(db, outside, office, {
      region: 'UA',
      at,
      withheld: false,
      contactId: null,
      takenBy: [],
    });
    times.push(performance.now() - begin);
    const client = found.verdict === 'client' ? found.candidates[0].client : found.verdict;
    require(client === `Client ${Math.floor(number / 10)}`, `${outside.value} is ${client}`);
  }
  return times;
}
