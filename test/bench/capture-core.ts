import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toCapture } from '../../connectors/asterisk-ami/capture.ts';
import { CallTracker, FrameReader, readCalls } from '../../src/calls/index.ts';
import type { Capture } from '../../src/core/contact/capture.ts';
import { takeIn } from '../../src/intake/run.ts';
import { newId } from '../../src/ops/chance.ts';
import { silentLog } from '../../src/ops/log.ts';
import { startEmbedded } from '../../src/store/embedded/index.ts';
import { type Db, migrate, openStore, sql } from '../../src/store/index.ts';
import { reading } from './ami-stream.ts';
import { atLeast, type Benchmark, compare, type Result, require } from './bench.ts';
import { byHand, type Ready, type TakeIn } from './by-hand.ts';

/** Captures per second into PostgreSQL with everything forced to disk, against a loop written by hand. */
export const captureCore: Benchmark = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'letopis-bench-pg-'));
  const embedded = await startEmbedded({ dataDir: join(folder, 'pg'), log: silentLog });
  try {
    await migrate({ url: embedded.url, log: silentLog });
    const store = await openStore({ url: embedded.url, log: silentLog });
    const hand = byHand(embedded.url, 8);
    try {
      return await measure(store.db, hand.takeIn);
    } finally {
      await hand.close();
      await store.close();
    }
  } finally {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

async function measure(db: Db, handTakeIn: TakeIn): Promise<Result[]> {
  await db.rows(sql`insert into employee (key, name, is_duty) values (${'duty'}, 'Duty', true)`);
  const ourTakeIn: TakeIn = async (connector, ready, position) => {
    const source = { connector, region: 'RU', lease: null };
    await takeIn(
      { db, newId },
      source,
      ready.map(({ capture }) => capture),
      position,
    );
  };
  for (const size of [1, 100]) {
    await runWorkers(ourTakeIn, 'ours', 2, size, 3);
    await runWorkers(handTakeIn, 'hand', 2, size, 3);
  }
  await checkRows(db);
  const results: Result[] = [];
  for (const { workers, batch, batches } of [
    { workers: 1, batch: 1, batches: 800 },
    { workers: 8, batch: 1, batches: 150 },
    { workers: 1, batch: 100, batches: 12 },
    { workers: 8, batch: 100, batches: 4 },
  ]) {
    const work = (who: TakeIn, name: string) => () => runWorkers(who, name, workers, batch, batches);
    const comparison = await compare(work(ourTakeIn, 'ours'), work(handTakeIn, 'hand'), 9);
    const perSecond = (seconds: number) => Math.round(1 / seconds);
    const how = `${batch === 1 ? 'one capture each' : `batches of ${batch}`}, ${workers} at a time`;
    const speeds = `${perSecond(comparison.oursSeconds)} captures/s against ${perSecond(comparison.theirsSeconds)}`;
    results.push(atLeast(`captures into PostgreSQL, ÷ by hand: ${how}`, 0.8, comparison, speeds));
    await db.rows({ text: 'truncate capture, contact, outbox, connector_position cascade', values: [] });
  }
  return results;
}

/** Each worker is a connector of its own, as a connector sends one batch after the other. @returns captures stored */
async function runWorkers(
  takeIn: TakeIn,
  name: string,
  workers: number,
  batch: number,
  batches: number,
): Promise<number> {
  const work = Array.from({ length: workers }, (_none, worker) => freshBatches(`${name}-${worker}`, batch, batches));
  await Promise.all(
    work.map(async (own, worker) => {
      for (const ready of own) await takeIn(`${name}-${worker}`, ready, `${told}`);
    }),
  );
  return workers * batch * batches;
}

const sample = sampleCapture();
let told = 0;

/** Copies of a real call with identities nobody had before. */
function freshBatches(exchange: string, size: number, count: number): Ready[][] {
  const capture = (): Capture => {
    const id = `1795332801.${told++}`;
    return { ...sample, identity: id, links: [`call:${exchange}:${id}`, `call:${exchange}:${id}/2`] };
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: size }, () => ({ capture: capture(), e164: '+79031112233' })),
  );
}

function sampleCapture(): Capture {
  const tracker = new CallTracker(reading.extensions);
  const stream = new URL('../recordings/22/inbound-answered.crm.ami', import.meta.url);
  for (const frame of new FrameReader().push(readFileSync(stream))) tracker.push(frame, new Date(0));
  const [conversation] = tracker.finished(new Date(8e15), 0);
  const [call] = conversation ? readCalls(conversation, reading) : [];
  const capture = conversation && call ? toCapture(call, conversation, 'pbx') : null;
  if (!capture) throw new Error('the recording gives no call');
  return capture;
}

/** Both ways must have written the same: as many rows in every table, and the same in them. */
async function checkRows(db: Db): Promise<void> {
  const rows = await db.rows<{ who: string; rows: string }>(sql`
    select split_part(c.connector, '-', 1) as who,
           json_build_array(count(distinct c.id), count(distinct k.id), count(i.identity), count(distinct o.id),
                            count(distinct p.connector), min(k.outside_norm), max(k.outside_norm), min(k.outcome),
                            min(md5(c.evidence)), max(md5(c.evidence)), min(k.started_at), max(k.ended_at), min(k.outside_name),
                            min(md5((k.facts - 'identity' - 'links')::text)), max(md5((c.facts - 'identity' - 'links')::text)))::text as rows
      from capture c join contact_capture l on l.capture_id = c.id join contact k on k.id = l.contact_id
      join contact_identity i on i.contact_id = k.id join outbox o on o.ref = k.id and o.job = ${'decide'}
      join connector_position p on p.connector = c.connector
     group by 1 order by 1`);
  const [hand, ours] = rows;
  require(rows.length === 2 && hand?.rows === ours?.rows, `rows differ:\n${hand?.rows}\n${ours?.rows}`);
}
