import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import type { Capture } from '../core/contact/capture.ts';
import { newId } from '../ops/chance.ts';
import { acquireLease, sql } from '../store/index.ts';
import { takeIn } from './run.ts';

const store = await testStore();
const { db } = store;
const deps = { db, newId };
const source = { connector: 'office-pbx', region: 'UA', lease: null };

const emptied = async () => {
  await db.rows({
    text: 'truncate employee, capture, contact, outbox, connector_position, connector_lease cascade',
    values: [],
  });
  await db.rows(sql`insert into employee (key, name, is_duty) values ('duty', 'Duty', true)`);
};
beforeEach(emptied);

function call(linkedIds: readonly string[], more: Partial<Capture> = {}): Capture {
  const at = new Date('2026-03-02T09:00:00Z');
  const end = new Date('2026-03-02T09:01:00Z');
  return {
    identity: linkedIds[0] ?? '',
    revision: 10,
    links: linkedIds.map((id) => `call:office-pbx:${id}`),
    channel: 'call',
    direction: 'inbound',
    occurredAt: at,
    endedAt: end,
    outside: { kind: 'phone', value: '0441234567' },
    outsideName: 'Ivan',
    ours: { kind: 'phone', value: '0440001000' },
    employees: [{ kind: 'extension', value: '101' }],
    details: {
      channel: 'call',
      call: {
        direction: 'inbound',
        outcome: 'answered',
        caller: '0441234567',
        callerName: 'Ivan',
        withheld: false,
        called: '0440001000',
        startedAt: at,
        endedAt: end,
        ringSeconds: 2,
        talkSeconds: 58,
        answeredBy: '101',
        talks: [{ who: '101', seconds: 58 }],
        lastTalkedTo: '101',
        employees: ['101'],
        rang: ['101'],
        transfers: [],
        queue: null,
        recording: null,
        voicemail: null,
        linkedIds,
      },
    },
    evidence: 'Event: Hangup',
    asks: true,
    ...more,
  };
}

const contacts = () =>
  db.rows<{ id: string; outside: string; norm: string; merged: string | null; ended: Date }>(sql`
    select id, outside, outside_norm as norm, merged_into as merged, ended_at as ended from contact order by created_at, id`);
const count = async (table: string) =>
  Number((await db.rows<{ n: number }>({ text: `select count(*) as n from ${table}`, values: [] }))[0]?.n);

test('a new call is a contact with its identity, one job and the position, all at once', async () => {
  expect(await takeIn(deps, source, [call(['1.1', '1.2'])], 'here')).toEqual(['stored']);
  expect(await contacts()).toMatchObject([{ outside: '0441234567', norm: '+380441234567', merged: null }]);
  expect(await count('contact_identity')).toBe(2);
  expect(await db.rows(sql`select job from outbox`)).toEqual([{ job: 'decide' }]);
  expect(await db.rows(sql`select position from connector_position`)).toEqual([{ position: 'here' }]);
});

test('delivered twice, in one batch or in two, it is stored once', async () => {
  expect(await takeIn(deps, source, [call(['1.1']), call(['1.1'])], null)).toEqual(['stored', 'duplicate']);
  expect(await takeIn(deps, source, [call(['1.1'])], null)).toEqual(['duplicate']);
  expect([await count('capture'), await count('contact'), await count('outbox')]).toEqual([1, 1, 1]);
});

test('a late leg is a revision: same contact, machine columns anew, decided again', async () => {
  await takeIn(deps, source, [call(['1.1'])], null);
  const late = call(['1.1'], { revision: 12, endedAt: new Date('2026-03-02T09:05:00Z') });
  expect(await takeIn(deps, source, [late], 'p2')).toEqual(['stored']);
  expect(await contacts()).toMatchObject([{ ended: new Date('2026-03-02T09:05:00Z') }]);
  expect(await count('outbox')).toBe(2);
});

test('the older word arriving later changes nothing', async () => {
  const late = call(['1.1'], { revision: 12, endedAt: new Date('2026-03-02T09:05:00Z') });
  await takeIn(deps, source, [late], null);
  await takeIn(deps, source, [call(['1.1'])], null);
  expect(await contacts()).toMatchObject([{ ended: new Date('2026-03-02T09:05:00Z') }]);
});

test('a union discovered late: two contacts become one, the gist a person wrote survives', async () => {
  await takeIn(deps, source, [call(['1.1'])], null);
  await takeIn(deps, source, [call(['1.2'])], null);
  const [first, second] = await contacts();
  await db.rows(sql`update contact set gist = 'agreed', state = 'completed' where id = ${second?.id}`);
  expect(await takeIn(deps, source, [call(['1.1', '1.2'], { revision: 20 })], null)).toEqual(['stored']);
  expect(await contacts()).toMatchObject([{ id: first?.id, merged: null }, { merged: first?.id }]);
  expect(await db.rows(sql`select gist, state from contact where id = ${first?.id}`)).toEqual([
    { gist: 'agreed', state: 'completed' },
  ]);
});

/** Which sightings stand at one contact, and which of them it tells of. */
const told = async () => {
  const rows = await db.rows<{ said: string; sightings: string[] }>(sql`
    select outside_name as said, array_agg(facts ->> 'outsideName' order by facts ->> 'outsideName') as sightings
      from (select contact.id, outside_name, capture.facts
              from contact join contact_capture on contact_id = contact.id join capture on capture.id = capture_id
             where merged_into is null) as seen
     group by id, outside_name`);
  return rows.sort((a, b) => ((a.sightings[0] ?? '') < (b.sightings[0] ?? '') ? -1 : 1));
};

test('in batches of whatever size, before them or in between, the contacts are those of one capture at a time', async () => {
  const sighting = fc.record({
    links: fc.uniqueArray(fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8'), { minLength: 1, maxLength: 3 }),
    revision: fc.integer({ min: 1, max: 4 }),
    cut: fc.boolean(),
  });
  // Of the last three, in one batch, two have nothing in common but the contact they tell of.
  const twoThatTellOfOne = [['5', '1', '2'], ['1'], ['5', '1'], ['1'], ['2', '3']].map((links, i) => ({
    links,
    revision: 1,
    cut: i === 1,
  }));
  await fc.assert(
    fc.asyncProperty(fc.array(sighting, { minLength: 2, maxLength: 14 }), async (sightings) => {
      const captures = sightings.map(({ links, revision }, i) =>
        call(links, { identity: `${links[0]}`, revision: revision * 100 + i, outsideName: `s${100 + i}` }),
      );
      await emptied();
      for (const capture of captures) await takeIn(deps, source, [capture], null);
      const oneByOne = await told();
      await emptied();
      let batch: Capture[] = [];
      for (const [i, capture] of captures.entries()) {
        batch.push(capture);
        if (!sightings[i]?.cut && i < captures.length - 1) continue;
        await takeIn(deps, source, batch, null);
        batch = [];
      }
      expect(await told()).toEqual(oneByOne);
    }),
    { numRuns: 30, examples: [[twoThatTellOfOne]] },
  );
});

test('two connectors of one exchange see the same call at the same moment: one contact', async () => {
  const other = { ...source, connector: 'office-cdr' };
  const both = Array.from({ length: 20 }, (_, i) => [
    takeIn(deps, source, [call([`7.${i}`])], null),
    takeIn(deps, other, [call([`7.${i}`])], null),
  ]);
  expect(new Set((await Promise.all(both.flat())).flat())).toEqual(new Set(['stored']));
  expect([await count('contact'), await count('capture')]).toEqual([20, 40]);
});

test('who lost the lease writes nothing, neither the new way nor the rare way', async () => {
  const lease = await acquireLease(db, 'office-pbx', 'old', 1);
  await takeIn(deps, { ...source, lease }, [call(['1.1'])], 'p1');
  await new Promise((resolve) => setTimeout(resolve, 20));
  await acquireLease(db, 'office-pbx', 'new', 60_000);
  const late = { ...source, lease };
  await expect(takeIn(deps, late, [call(['2.2'])], 'p2')).rejects.toMatchObject({ code: 'intake.lease_lost' });
  await expect(takeIn(deps, late, [call(['1.1'], { revision: 99 })], 'p2')).rejects.toMatchObject({
    code: 'intake.lease_lost',
  });
  await expect(takeIn(deps, late, [], 'p3')).rejects.toMatchObject({ code: 'intake.lease_lost' });
  expect(await db.rows(sql`select position from connector_position`)).toEqual([{ position: 'p1' }]);
});

test('what PostgreSQL cannot store arrives all the same', async () => {
  const name = 'a\0b\ud800c';
  const odd = call(['1.1'], {
    outsideName: name,
    evidence: `x${name}`,
    occurredAt: new Date('+020226-01-01T00:00:00Z'),
  });
  expect(await takeIn(deps, source, [odd], null)).toEqual(['stored']);
  expect(await db.rows(sql`select outside_name as name from contact`)).toEqual([{ name: 'a\ufffdb\ufffdc' }]);
});
