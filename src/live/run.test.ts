import { expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import { newId } from '../ops/chance.ts';
import { systemClock } from '../ops/clock.ts';
import { silentLog } from '../ops/log.ts';
import { sql } from '../store/base/db.ts';
import { createLiveHub } from './run.ts';

const { db } = await testStore();

test('a caller of whom nothing is kept rings on no screen, and goes from it once somebody says so', async () => {
  const anna = newId();
  await db.rows(sql`insert into employee (id, key, name, is_duty) values (${anna}, 'anna', 'Anna', true)`);
  await db.rows(
    sql`insert into contact_point (kind, address, raw, employee_id) values ('extension', '101', '', ${anna})`,
  );
  const hidden = new Set(['0441111111']);
  const hub = createLiveHub({
    db,
    clock: systemClock,
    log: silentLog,
    zone: 'Europe/Kyiv',
    lookup: async ({ value }) => ({
      normalized: value,
      match: { verdict: 'stranger', candidates: [], because: 'nobody' },
    }),
    isHidden: async ({ value }) => hidden.has(value),
  });
  const ring = (call: string, value: string) =>
    hub.announce('pbx', {
      call,
      outside: { kind: 'phone', value },
      outsideName: null,
      ours: null,
      rings: ['101'],
      answeredBy: null,
      since: systemClock.now(),
    });
  const seen = () => hub.present(anna).map(({ outside }) => outside);
  ring('1', '0441111111');
  ring('2', '0442222222');
  await expect.poll(seen).toEqual(['0442222222']);
  hidden.add('0442222222');
  ring('2', '0442222222');
  await expect.poll(seen).toEqual([]);
});
