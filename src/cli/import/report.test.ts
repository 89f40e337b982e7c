import { expect, test } from 'vitest';
import { readColumns } from './report.ts';

test.each([
  [[], {}],
  [['name=Название'], { name: 'Название' }],
  [
    ['name=Название,phone=Рабочий телефон', 'email = Почта '],
    { name: 'Название', phone: 'Рабочий телефон', email: 'Почта' },
  ],
  [['name="Название, полное",phone=a=b'], { name: 'Название, полное', phone: 'a=b' }],
] as const)('%j', (given, expected) => expect(readColumns(given)).toEqual(expected));

test.each([['Название'], ['=x'], ['name='], ['Имя=x']])('%s is told', (given) => {
  expect(() => readColumns([given])).toThrow('cli.usage');
});
