import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readApproximateDate, showPeriod } from './approximate-date.ts';

const short = (written: string) => {
  const date = readApproximateDate(written);
  return date && `${date.about ? '~' : ''}${date.precision} ${date.day}${date.time === null ? '' : ` ${date.time}`}`;
};

test.each([
  ['2019', 'year 2019-01-01'],
  ['2019 г.', 'year 2019-01-01'],
  ['2019 году', 'year 2019-01-01'],
  ['2019 рік', 'year 2019-01-01'],
  ['2019-05', 'month 2019-05-01'],
  ['05.2019', 'month 2019-05-01'],
  ['5/2019', 'month 2019-05-01'],
  ['май 2019', 'month 2019-05-01'],
  ['Май 2019 г.', 'month 2019-05-01'],
  ['в мае 2019 года', 'month 2019-05-01'],
  ['травень 2019', 'month 2019-05-01'],
  ['May 2019', 'month 2019-05-01'],
  ['март 2020', 'month 2020-03-01'],
  ['березень 2020 р.', 'month 2020-03-01'],
  ['червень 2020', 'month 2020-06-01'],
  ['липень 2020', 'month 2020-07-01'],
  ['листопад 2020', 'month 2020-11-01'],
  ['Sept. 2018', 'month 2018-09-01'],
  ['весна 2019', 'season 2019-03-01'],
  ['весной 2019', 'season 2019-03-01'],
  ['навесні 2019', 'season 2019-03-01'],
  ['лето 2019 года', 'season 2019-06-01'],
  ['осень 2019', 'season 2019-09-01'],
  ['восени 2019', 'season 2019-09-01'],
  ['зима 2019', 'season 2019-01-01'],
  ['зима 2018/2019', 'season 2018-12-01'],
  ['зима 2018-19', 'season 2018-12-01'],
  ['winter 2019', 'season 2019-01-01'],
  ['Q2 2019', 'quarter 2019-04-01'],
  ['2019-Q4', 'quarter 2019-10-01'],
  ['II кв. 2019', 'quarter 2019-04-01'],
  ['3-й квартал 2019', 'quarter 2019-07-01'],
  ['2019-05-12', 'day 2019-05-12'],
  ['2019/05/12', 'day 2019-05-12'],
  ['12.05.2019', 'day 2019-05-12'],
  ['12.5.19', 'day 2019-05-12'],
  ['12.5.87', 'day 1987-05-12'],
  ['12-05-2019', 'day 2019-05-12'],
  ['05/25/2019', 'day 2019-05-25'],
  ['12 мая 2019', 'day 2019-05-12'],
  ['12 мая 2019 г.', 'day 2019-05-12'],
  ['12 травня 2019 року', 'day 2019-05-12'],
  ['12 May 2019', 'day 2019-05-12'],
  ['May 12, 2019', 'day 2019-05-12'],
  ['1st March 2019', 'day 2019-03-01'],
  ['43597', 'day 2019-05-12'],
  ['ок. 12.03.2018', '~day 2018-03-12'],
  ['около 2015', '~year 2015-01-01'],
  ['приблизно травень 2019', '~month 2019-05-01'],
  ['ca. 2015', '~year 2015-01-01'],
  ['2015?', '~year 2015-01-01'],
  ['12.05.2019 14:30', 'moment 2019-05-12 14:30'],
  ['12.05.2019 9:05:17', 'moment 2019-05-12 09:05'],
  ['12.05.2019, 14.30', 'moment 2019-05-12 14:30'],
  ['12 мая 2019 в 14:30', 'moment 2019-05-12 14:30'],
  ['2019-05-12T14:30:00Z', 'moment 2019-05-12 14:30'],
  ['2019-05-12T14:30:00.000+03:00', 'moment 2019-05-12 14:30'],
  ['', null],
  ['вчера', null],
  ['30.02.2019', null],
  ['2019-13', null],
  ['12.05.2019 25:00', null],
  ['0212', null],
  ['маяк', null],
  ['лето', null],
] as const)('%s', (written, expected) => expect(short(written)).toBe(expected));

test('a zone that is written counts', () =>
  expect(readApproximateDate('2019-05-12T14:30:00-03:30')?.offsetMinutes).toBe(-210));

test('whatever is written: never throws, and what is read is a day of the calendar', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9./: -]{0,20}$/)), (written) => {
      const read = readApproximateDate(written);
      if (read !== null) expect(new Date(`${read.day}T00:00:00Z`).toISOString().slice(0, 10)).toBe(read.day);
    }),
  );
});

test('every day is read from every way to write it', () => {
  const days = fc.date({ min: new Date('1970-01-01'), max: new Date('2069-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(days, (date) => {
      const day = date.toISOString().slice(0, 10);
      const [y, m, d] = day.split('-');
      for (const written of [day, `${d}.${m}.${y}`, `${Number(d)}.${Number(m)}.${y}`, `${d}.${m}.${y} 10:00`])
        expect(readApproximateDate(written)?.day).toBe(day);
    }),
  );
});

test.each([
  ['2019', 'ru', '2019'],
  ['май 2019', 'ru', 'май 2019 г.'],
  ['май 2019', 'uk', 'травень 2019 р.'],
  ['май 2019', 'en', 'May 2019'],
  ['весна 2019', 'en', 'spring 2019'],
  ['осень 2019', 'ru', 'осень 2019'],
  ['зима 2018/2019', 'uk', 'зима 2018/2019'],
  ['зима 2019', 'en', 'winter 2019'],
  ['Q2 2019', 'ru', '2 квартал 2019'],
  ['ок. 12.03.2018', 'en', 'about 12 March 2018'],
] as const)('%s is shown (%s) as %s', (written, language, expected) => {
  const date = readApproximateDate(written);
  expect(date && showPeriod(date, '2026-11-26', language)).toBe(expected);
});

test('what is too long for a date is none, and is not looked at', () =>
  expect([readApproximateDate(','.repeat(400_000)), readApproximateDate(`${' '.repeat(150)}2019`)?.day]).toEqual([
    null,
    '2019-01-01',
  ]));
