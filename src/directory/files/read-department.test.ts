import { expect, test } from 'vitest';
import { readStation } from './read-department.ts';

const read = (absent: string) => {
  const reasons: string[] = [];
  const station = readStation(
    (column) => column === 'absent',
    () => absent,
    (_column, _value, reason) => reasons.push(reason),
  );
  return { away: station.away, reasons };
};
const days = (from: string, to = from) => ({ from, to });
const expected = 'expected days such as 2026-12-01..2026-12-14 or 01.12.2026-14.12.2026';

test.each([
  ['', [], []],
  ['2026-12-01', [days('2026-12-01')], []],
  ['2026-12-01..2026-12-14', [days('2026-12-01', '2026-12-14')], []],
  ['1.12.2026 - 14.12.2026', [days('2026-12-01', '2026-12-14')], []],
  ['с 01.12.2026 по 14.12.2026', [days('2026-12-01', '2026-12-14')], []],
  ['2026-12-31; 2027-01-02–2027-01-05', [days('2026-12-31'), days('2027-01-02', '2027-01-05')], []],
  ['2026-02-30', [], [expected]],
  ['отпуск', [], [expected]],
  ['2026-12-14..2026-12-01', [], ['ends before it begins']],
  ['2026-01-01..2028-01-01', [], ['longer than 400 days']],
])('%s', (written, away, reasons) => expect(read(written)).toEqual({ away, reasons }));

test('a table without these columns says nothing of them; hours that cannot be read change nothing', () => {
  expect(
    readStation(
      () => false,
      () => '',
      () => {},
    ),
  ).toEqual({});
  const reasons: string[] = [];
  const station = readStation(
    (column) => column !== 'absent',
    (column) => (column === 'hours' ? 'as always' : 'Sales  West'),
    (_column, _value, reason) => reasons.push(reason),
  );
  expect(station).toEqual({ department: 'Sales West' });
  expect(reasons).toEqual(['expected weekdays and hours such as mon-fri 09:00-18:00; sat 10:00-14:00']);
});
