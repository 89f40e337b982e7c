import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClients } from '../../src/directory/files/clients.ts';
import { importClients } from '../../src/directory/files/import-clients.ts';
import { mergeClients } from '../../src/directory/merge/run.ts';
import { lookAtRollBack, rollBack } from '../../src/directory/roll-back/run.ts';
import { silentLog } from '../../src/ops/log.ts';
import { sql } from '../../src/store/base/db.ts';
import { startEmbedded } from '../../src/store/embedded/index.ts';
import { type Db, migrate, openStore } from '../../src/store/index.ts';
import { atMost, type Benchmark, type Result, require, scaled } from './bench.ts';

const clients = scaled(100_000);
const contacts = scaled(10_000);

/** An import is looked at and taken back; two clients become one, and two again. */
export const takingBack: Benchmark = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'letopis-bench-pg-'));
  const embedded = await startEmbedded({ dataDir: join(folder, 'pg'), log: silentLog, scratch: true });
  const target = { url: embedded.url, schema: 'taking_back', log: silentLog };
  await migrate(target);
  const store = await openStore(target);
  try {
    return await measure(store.db);
  } finally {
    await store.close();
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

async function measure(db: Db): Promise<Result[]> {
  const [boss] = await db.rows<{ id: string }>(
    sql`insert into employee (key, name, is_duty) values ('boss', 'Boss', true) returning id`,
  );
  const by = { authorId: boss?.id ?? null, via: 'session' } as const;
  const confirms = () => false;
  const importing = await seconds(() =>
    importClients(db, readClients(table(), { file: 'x.csv', region: null }), { by }),
  );
  const [set] = await db.rows<{ id: string }>(sql`select id::text from change_set where kind = 'import'`);
  const source = { setId: set?.id ?? '' };
  const looking = await seconds(() => lookAtRollBack(db, source));
  const undoing = await seconds(() => rollBack(db, { source, by, confirms }));
  const [left] = await db.rows<{ n: number }>(sql`select count(*)::int as n from client where removed_at is null`);
  require(left?.n === 0, 'the import was not taken back whole');
  const [kept, gone] = await twoClients(db, boss?.id ?? '');
  let setId = '';
  const merging = await seconds(async () => {
    const done = await mergeClients(db, { kept, gone, choices: {} }, by);
    if (done.kind === 'merged') setId = done.setId;
  });
  const parting = await seconds(() => rollBack(db, { source: { setId }, by, confirms }));
  const [back] = await db.rows<{ n: number }>(sql`select count(*)::int as n from contact where client_id = ${gone}`);
  require(back?.n === contacts, 'the merge was not taken back whole');
  const size = `${clients} clients, their import took ${importing.toFixed(1)} s`;
  return [
    atMost('a look at the roll-back of an import', 10, looking, ' s', size),
    atMost('the roll-back of an import', 120, undoing, ' s', size),
    atMost('two clients become one', 5, merging, ' s', `${contacts} contacts`),
    atMost('and two again', 5, parting, ' s', `${contacts} contacts`),
  ];
}

function table(): string {
  const rows = Array.from({ length: clients }, (_, i) => {
    const n = String(1_000_000 + i);
    return `Firm ${i},Person ${i},+38050${n};+38067${n},f${i}@c.example,d${i}.example`;
  });
  return `name,person,phone,email,domain\n${rows.join('\n')}\n`;
}

async function twoClients(db: Db, owner: string): Promise<readonly [string, string]> {
  const made = await db.rows<{ id: string }>(sql`
    insert into client (key, name) values ('kept', 'Kept'), ('gone', 'Gone') returning id`);
  const [kept = '', gone = ''] = made.map(({ id }) => id);
  await db.rows(sql`
    insert into contact (id, channel, direction, started_at, ended_at, connector, facts, owner_id, state, client_id)
    select gen_random_uuid(), 'call', 'inbound', now() - n * interval '1 hour', now(), 'pbx', '{}', ${owner}, 'bare', ${gone}
      from generate_series(1, ${contacts}) n`);
  return [kept, gone];
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
}
