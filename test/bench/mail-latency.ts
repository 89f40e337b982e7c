import { setTimeout as pause } from 'node:timers/promises';
import { type Db, sql } from '../../src/store/index.ts';
import { seeded } from '../kit/told-calls.ts';
import { type GeneratedMail, makeMailbox } from '../mailbox/make-mailbox.ts';
import { type Dovecot, startDovecot } from '../peers/dovecot/index.ts';
import { type Benchmark, quantile, type Result, require, scaled } from './bench.ts';
import { openBox } from './mail-by-hand.ts';
import { openMailOffice } from './mail-office.ts';

const user = 'crm';
const pollMs = 10;
const patienceMs = 30_000;

/** Delivered into the mailbox → its draft can be seen, decided whose it is. */
export const mailLatency: Benchmark = async () => {
  const dovecot = await startDovecot();
  try {
    const { mails, world } = makeMailbox({ n: scaled(1000) + 60, seed: 5, medianBytes: 6000 });
    // Each from a client, none of a thread that is asked about already.
    const fresh = mails.filter(({ truth }) => truth.kind === 'client_new');
    const [warm, counted] = [fresh.slice(0, 5), fresh.slice(5, 5 + scaled(100))];
    dovecot.maildir(user);
    const office = await openMailOffice(world, dovecot.port, [user]);
    try {
      await office.daemon.logged('imap.session_opened', undefined, { withinMs: 60_000 });
      await deliverAndWatch(dovecot, office.db, warm); // the first ones load code
      const told = await watchBox(dovecot, warm.length);
      const { deliveredAt, visibleAt } = await deliverAndWatch(dovecot, office.db, counted);
      told.close();
      const ours = deliveredAt.map((at, i) => ((visibleAt[i] ?? Number.NaN) - at) / 1000);
      const servers = deliveredAt.map((at, i) => ((told.at[i] ?? Number.NaN) - at) / 1000);
      return [result(ours, servers)];
    } finally {
      await office.close();
    }
  } finally {
    await dovecot.stop();
  }
};

function result(ours: readonly number[], servers: readonly number[]): Result {
  const spread = (values: readonly number[]) =>
    [0.5, 0.95, 0.99].map((of) => quantile(values, of).toFixed(2)).join(' / ');
  const after = ours.map((seconds, i) => seconds - (servers[i] ?? Number.NaN));
  const p95 = quantile(ours, 0.95);
  return {
    what: 'mail delivered → its draft is visible, p95',
    measured: `${p95.toFixed(2)} s`,
    goal: '≤ 1 s',
    met: p95 <= 1,
    remark: `p50 / p95 / p99 ${spread(ours)} s, worst ${Math.max(...ours).toFixed(2)} s; until Dovecot tells a bare IDLE of it ${spread(servers)} s, from then on ${spread(after)} s; ${ours.length} mails, one every 0.2 to 0.9 s`,
  };
}

/** One mail after the other at random moments. @returns milliseconds at which each was delivered, and could be seen */
async function deliverAndWatch(dovecot: Dovecot, db: Db, mails: readonly GeneratedMail[]) {
  const chance = seeded(mails.length);
  const deliveredAt: number[] = [];
  const visibleAt: number[] = [];
  const watching = watchDrafts(db, mails, visibleAt);
  watching.catch(() => {}); // told below
  for (const { raw } of mails) {
    dovecot.deliver(user, raw);
    deliveredAt.push(performance.now());
    await pause(200 + chance() * 700);
  }
  await watching;
  return { deliveredAt, visibleAt };
}

async function watchDrafts(db: Db, mails: readonly GeneratedMail[], visibleAt: number[]): Promise<void> {
  const places = new Map(mails.map(({ truth }, i) => [truth.messageId, i]));
  for (const until = performance.now() + mails.length * 900 + patienceMs; places.size > 0; await pause(pollMs)) {
    const rows = await db.rows<{ id: string }>(sql`
      select facts #>> '{details,mail,messageId}' as id from contact
       where state = 'draft' and decided_at is not null and merged_into is null`);
    const now = performance.now();
    for (const { id } of rows) {
      const place = places.get(id);
      if (place !== undefined) visibleAt[place] = now;
      places.delete(id);
    }
    require(now < until, `${places.size} mails never became a draft`);
  }
}

/** A client that does nothing but wait in the same mailbox: when the server told it of each mail. */
async function watchBox({ port }: Dovecot, already: number) {
  const client = await openBox({ port, user });
  const at: number[] = [];
  client.on('exists', ({ count }: { readonly count: number }) => {
    for (let place = at.length; place < count - already; place++) at.push(performance.now());
  });
  client.on('error', () => {});
  client.idle().catch(() => {});
  await pause(200); // until the server knows that it waits
  return { at, close: () => client.close() };
}
