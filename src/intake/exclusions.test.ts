import { beforeEach, describe, expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import type { Capture } from '../core/contact/capture.ts';
import { newId } from '../ops/chance.ts';
import { sql } from '../store/index.ts';
import { positionOf } from '../store/intake/captures.ts';
import { isNeverCaptured, openExclusions } from './exclusions.ts';
import { takeIn } from './run.ts';

const { db } = await testStore();
let nowMs = 0;
const clock = { monotonicMs: () => nowMs };
const source = { connector: 'pbx', region: 'UA', lease: null };

beforeEach(async () => {
  await db.rows({
    text: 'truncate employee, capture, contact, contact_point, outbox, connector_position cascade',
    values: [],
  });
  await db.rows(sql`insert into employee (key, name, is_duty) values ('duty', 'Duty', true)`);
});

const never = (kind: string, address: string, until = 'infinity') =>
  db.rows(
    sql`insert into contact_point (kind, address, raw, never_capture, until) values (${kind}, ${address}, '', true, ${until})`,
  );

function call(outside: string | null, more: { caller?: string; called?: string } = {}): Capture {
  const id = newId();
  const at = new Date('2026-03-02T09:00:00Z');
  const facts = {
    outcome: 'answered',
    callerName: null,
    withheld: outside === null,
    startedAt: at,
    endedAt: at,
  } as const;
  return {
    identity: id,
    revision: 0,
    links: [`call:pbx:${id}`],
    channel: 'call',
    direction: 'inbound',
    occurredAt: at,
    endedAt: at,
    outside: outside === null ? null : { kind: 'phone', value: outside },
    outsideName: null,
    ours: null,
    employees: [],
    details: {
      channel: 'call',
      call: {
        ...facts,
        direction: 'inbound',
        caller: more.caller ?? outside,
        called: more.called ?? '0440001000',
        ringSeconds: 0,
        talkSeconds: 1,
        answeredBy: null,
        talks: [],
        lastTalkedTo: null,
        employees: [],
        rang: [],
        transfers: [],
        queue: null,
        recording: null,
        voicemail: null,
        linkedIds: [id],
      },
    },
    evidence: 'the frames',
    asks: true,
  };
}
const form = (phone: string | null, email: string | null): Capture => ({
  ...call(phone),
  outside: phone === null ? null : { kind: 'phone', value: phone },
  channel: 'web',
  details: { channel: 'web', form: { name: null, phone, email, message: null, page: null, more: [] } },
});
const stored = async () => {
  const [row] = await db.rows<{ captures: number; contacts: number; jobs: number }>(sql`
    select (select count(*)::int from capture) as captures, (select count(*)::int from contact) as contacts,
           (select count(*)::int from outbox) as jobs`);
  return row;
};

test.each<[string, Capture, boolean]>([
  ['his number', call('8 (044) 123-45-67'), true],
  ['somebody else', call('0441234568'), false],
  ['withheld, but the exchange knows', call(null, { caller: '+380441234567' }), true],
  ['we called him', call('0449999999', { called: '044 123 45 67' }), true],
  ['a form with his mailbox', form('0449999999', 'Ivan@Doctor.example'), true],
  ['a form with a mailbox below a domain of his', form(null, 'a@kyiv.bank.example'), true],
  ['a form of somebody else', form('0449999999', 'a@notbank.example'), false],
  ['nothing to look at', form(null, null), false],
])('%s', (_story, capture, expected) => {
  const exclude = ['+380441234567', 'ivan@doctor.example', 'bank.example'];
  expect(isNeverCaptured(capture, 'UA', exclude)).toBe(expected);
  expect(isNeverCaptured(capture, 'UA', [])).toBe(false);
});

describe('flagged "never capture"', () => {
  test('nothing of him is stored, the others of the batch are, and the position goes on', async () => {
    await never('phone', '+380441234567');
    const deps = { db, newId, exclusions: openExclusions(db, clock) };
    const batch = [call('0441234567'), call('0449999999'), call('0441234567')];
    expect(await takeIn(deps, source, batch, '7')).toEqual(['excluded', 'stored', 'excluded']);
    expect(await stored()).toEqual({ captures: 1, contacts: 1, jobs: 1 });
    expect(await takeIn(deps, source, [call('0441234567')], '8')).toEqual(['excluded']);
    expect(await takeIn(deps, source, [call('0441234567')], null)).toEqual(['excluded']);
    expect([await positionOf(db, 'pbx'), (await stored())?.captures]).toEqual(['8', 1]);
  });

  test('it holds a second after it was said, and no longer than it is said', async () => {
    const deps = { db, newId, exclusions: openExclusions(db, clock) };
    expect(await takeIn(deps, source, [call('0441234567')], null)).toEqual(['stored']);
    await never('phone', '+380441234567');
    nowMs += 1001;
    expect(await takeIn(deps, source, [call('0441234567')], null)).toEqual(['excluded']);
    await db.rows(sql`update contact_point set until = since`);
    nowMs += 1001;
    expect(await takeIn(deps, source, [call('0441234567')], null)).toEqual(['stored']);
  });

  test('asked for once a second, whatever comes in', async () => {
    let asked = 0;
    const rows: typeof db.rows = (query) => {
      asked += 1;
      return db.rows(query);
    };
    const counting = { ...db, rows };
    const exclusions = openExclusions(counting, clock);
    await Promise.all([exclusions(), exclusions(), exclusions()]);
    await exclusions();
    nowMs += 1001;
    expect(await exclusions()).toBe(await exclusions());
    expect(asked).toBe(2);
  });

  test('who cannot be asked about is not stored', async () => {
    const away = () => Promise.reject(new Error('the database is away'));
    await expect(takeIn({ db, newId, exclusions: away }, source, [call('1')], null)).rejects.toThrow('is away');
    expect((await stored())?.captures).toBe(0);
  });
});
