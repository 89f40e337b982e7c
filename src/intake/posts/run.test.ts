import { afterEach, beforeEach, expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { untilTakenIn } from '../../../test/kit/session.ts';
import { startTcpProxy } from '../../../test/kit/tcp-proxy.ts';
import type { Capture } from '../../core/contact/capture.ts';
import { newId } from '../../ops/chance.ts';
import { systemClock } from '../../ops/clock.ts';
import { silentLog } from '../../ops/log.ts';
import { createMetrics } from '../../ops/metrics.ts';
import { type Db, openStore, sql } from '../../store/index.ts';
import { keepPosted, postAgain } from '../../store/intake/posted.ts';
import { quarantined } from '../../store/intake/quarantine.ts';
import { takeIn } from '../run.ts';
import { toldBy } from './keep.ts';
import { openPosts, type PostIntake } from './run.ts';

const store = await testStore();
const { db } = store;
const running: PostIntake[] = [];
let exclude: readonly string[] = [];

beforeEach(async () => {
  exclude = [];
  const tables = 'employee, capture, contact, outbox, posted, quarantine';
  await db.rows({ text: `truncate ${tables} cascade`, values: [] });
  await db.rows(sql`insert into employee (key, name, is_duty) values ('duty', 'Duty', true)`);
});
afterEach(() => Promise.all(running.splice(0).map((one) => one.close())));

test('kept, and a contact a moment later; told again it is no other', async () => {
  const posts = open();
  expect(await posts.keep('exchange', [call(1), call(2)])).toBe(true);
  await untilTakenIn(db);
  expect(await contacts()).toEqual(['1', '2']);
  await posts.keep('exchange', [call(1)]);
  await untilTakenIn(db);
  expect(await contacts()).toEqual(['1', '2']);
});

test('nothing that can be told leaves nothing', async () => {
  expect(await open().keep('exchange', [])).toBe(false);
});

test('of whom nothing is to be kept nothing comes onto the disk, even on the way', async () => {
  exclude = ['+380441234567'];
  const posts = open();
  expect(await posts.keep('exchange', [call(1)])).toBe(false);
  await db.rows(sql`alter table posted add constraint seen check (facts || evidence not like '%44%4567%')`);
  try {
    expect(await posts.keep('exchange', [call(2), call(3, '0447654321')])).toBe(true);
    await untilTakenIn(db);
  } finally {
    await db.rows(sql`alter table posted drop constraint seen`);
  }
  expect(await contacts()).toEqual(['3']);
});

test('what a killed process kept is taken in by the next one, also what had become a contact by then', async () => {
  await keep('exchange', call(1), call(2), call(3));
  await takeIn({ db, newId }, { connector: 'exchange', region: 'UA', lease: null }, [call(2)], null);
  open();
  await untilTakenIn(db);
  expect(await contacts()).toEqual(['1', '2', '3']);
  expect(await decisions()).toBe(3);
});

test('several processes share what waits and step on nobody’s toes', async () => {
  const told = Array.from({ length: 700 }, (_, n) => call(n % 350));
  await keep('exchange', ...told);
  open();
  open();
  open();
  await untilTakenIn(db);
  expect(await contacts()).toHaveLength(350);
  expect(await decisions()).toBe(350);
});

test('each source has its region, and one that is no more configured the office’s', async () => {
  const posts = open({ regionOf: (connector) => (connector === 'abroad' ? 'DE' : 'UA') });
  await posts.keep('abroad', [call(1, '030123456')]);
  await posts.keep('gone', [call(2)]);
  await untilTakenIn(db);
  const values = await db.rows<{ value: string }>(sql`select outside_norm as value from contact order by 1`);
  expect(values).toEqual([{ value: '+380441234567' }, { value: '+4930123456' }]);
});

test('what this version cannot read, and what cannot be stored, is set aside; what came with it is stored', async () => {
  await db.rows(sql`
    create function refuse() returns trigger language plpgsql as $$ begin raise check_violation; end $$`);
  await db.rows(sql`
    create trigger refuse before insert on capture for each row when (new.facts->>'identity' = '3') execute function refuse()`);
  const metrics = createMetrics();
  try {
    await keep('exchange', call(1));
    await keepPosted(db, [{ connector: 'exchange', facts: '{"of":"another version"}', evidence: '' }]);
    await keep('exchange', call(2), call(3), call(4));
    open({ metrics });
    await untilTakenIn(db);
    expect(await contacts()).toEqual(['1', '2', '4']);
    const entries = await quarantined(db, { connector: null, settledToo: false, limit: 10 });
    expect(entries.map(({ connector, fault }) => `${connector} ${fault}`).sort()).toEqual([
      'exchange post.not_stored',
      'exchange post.unreadable',
    ]);
    expect(await metrics.text()).toMatch(/fault="post\.not_stored"\} 1\n/);
  } finally {
    await db.rows(sql`drop trigger refuse on capture`);
    await db.rows(sql`drop function refuse`);
  }
  for (const { id, fault } of await quarantined(db, { connector: null, settledToo: false, limit: 10 }))
    if (fault === 'post.not_stored') {
      expect(await postAgain(db, id)).toBe(true);
      expect(await postAgain(db, id)).toBe(false);
    }
  await untilTakenIn(db);
  expect(await contacts()).toEqual(['1', '2', '3', '4']);
});

test('the database is cut off: what cannot be kept is not acknowledged; it comes back: all that was becomes contacts', async () => {
  const { hostname, port } = new URL(store.url);
  const network = await startTcpProxy({ host: hostname, port: Number(port) });
  const far = await openStore({ url: through(network.port), schema: store.schema, log: silentLog });
  const posts = openPosts(deps(far.db));
  try {
    const acknowledged: string[] = [];
    let refused = 0;
    for (let n = 1; n <= 60; n++) {
      if (n === 20) network.cut(400);
      const kept = await posts.keep('exchange', [call(n)]).catch(() => false);
      if (kept) acknowledged.push(String(n));
      else refused += 1;
      if (!kept) await systemClock.sleep(30, new AbortController().signal);
    }
    expect(refused).toBeGreaterThan(0);
    expect(acknowledged.length).toBeGreaterThan(30);
    await untilTakenIn(db);
    const stored = await contacts();
    expect(acknowledged.filter((identity) => !stored.includes(identity))).toEqual([]);
  } finally {
    await posts.close();
    await network.stop();
    await far.close();
  }
});

test('a database that answers nothing does not hold up for long who wants to stop', async () => {
  const { hostname, port } = new URL(store.url);
  const network = await startTcpProxy({ host: hostname, port: Number(port) });
  const far = await openStore({ url: through(network.port), schema: store.schema, log: silentLog });
  const posts = openPosts(deps(far.db));
  await posts.keep('exchange', [call(1)]);
  network.freeze();
  void posts.keep('exchange', [call(2)]).catch(() => {});
  const since = performance.now();
  await posts.close();
  expect(performance.now() - since).toBeLessThan(4000);
  await network.stop();
  await far.close();
});

function through(port: number): string {
  const url = new URL(store.url);
  url.port = String(port);
  return url.href;
}

function open(more: Partial<Parameters<typeof openPosts>[0]> = {}): PostIntake {
  const posts = openPosts({ ...deps(db), ...more });
  running.push(posts);
  return posts;
}

function deps(on: Db): Parameters<typeof openPosts>[0] {
  const tools = { clock: systemClock, log: silentLog, metrics: createMetrics(), newId, jitter: (ms: number) => ms };
  return { db: on, ...tools, exclusions: async () => exclude, regionOf: () => 'UA', kick: () => {} };
}

async function keep(connector: string, ...captures: readonly Capture[]): Promise<void> {
  await keepPosted(db, toldBy(connector, captures).rows);
}

function call(n: number, caller = '0441234567'): Capture {
  const [startedAt, endedAt] = [new Date('2026-03-02T09:00:00Z'), new Date('2026-03-02T09:01:00Z')];
  const ends = { caller, callerName: null, withheld: false, called: '0440001000' };
  const spoke = { ringSeconds: 2, talkSeconds: 58, answeredBy: '101', lastTalkedTo: '101', transfers: [], queue: null };
  const who = { talks: [{ who: '101', seconds: 58 }], employees: ['101'], rang: ['101'] };
  const rest = { recording: null, voicemail: null, linkedIds: [String(n)] };
  return {
    identity: String(n),
    revision: 10,
    links: [`call:exchange:${n}`],
    channel: 'call',
    direction: 'inbound',
    occurredAt: startedAt,
    endedAt,
    outside: { kind: 'phone', value: caller },
    outsideName: null,
    ours: { kind: 'phone', value: '0440001000' },
    employees: [{ kind: 'extension', value: '101' }],
    details: {
      channel: 'call',
      call: { direction: 'inbound', outcome: 'answered', ...ends, startedAt, endedAt, ...spoke, ...who, ...rest },
    },
    evidence: 'word for word\u0000',
    asks: true,
  };
}

async function contacts(): Promise<string[]> {
  const rows = await db.rows<{ identity: string }>(sql`
    select facts->>'identity' as identity from contact where merged_into is null`);
  return rows.map(({ identity }) => identity).sort((a, b) => Number(a) - Number(b));
}

/** Of each contact one; a capture that was stored again would have asked once more. */
async function decisions(): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`select count(*)::int as n from outbox`);
  return row?.n ?? 0;
}
