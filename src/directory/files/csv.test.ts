import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../core/fault.ts';
import { decideDuty } from '../duty.ts';
import { readClients } from './clients.ts';
import { fold, readCsv } from './csv.ts';
import { decideSubstitutes, recognised } from './import-people.ts';
import { readPeople } from './people.ts';

const UA = { file: 'clients.csv', region: 'UA' };

describe('the table', () => {
  test.each([
    ['commas', 'a,b\n1,2\n', [[2, ['1', '2']]]],
    ['semicolons', 'a;b\n1,5;2\n', [[2, ['1,5', '2']]]],
    ['tabs', 'a\tb\n1\t2', [[2, ['1', '2']]]],
    ['Excel says which', 'sep=;\na;b,c\n1;2', [[3, ['1', '2']]]],
    ['CRLF, empty lines, spaces', 'a,b\r\n\r\n , \r\n1, 2\r\n\r\n', [[4, ['1', ' 2']]]],
    ['quotes', 'a,b\n"x, y","say ""hi"""\n', [[2, ['x, y', 'say "hi"']]]],
    [
      'a line break inside quotes',
      'a,b\n"x\ny",1\nz,2',
      [
        [2, ['x\ny', '1']],
        [4, ['z', '2']],
      ],
    ],
    ['a quote in the middle of a field', 'a;b\nООО "Ромашка";1\n', [[2, ['ООО "Ромашка"', '1']]]],
    [
      'short and long rows',
      'a,b\n1\n1,2,3\n',
      [
        [2, ['1']],
        [3, ['1', '2', '3']],
      ],
    ],
    ['empty cells', 'a,b,c\n,,3\n', [[2, ['', '', '3']]]],
    ['NUL and a lone surrogate', 'a,b\nx\0,\ud800', [[2, ['x\ufffd', '\ufffd']]]],
    ['nothing', '', []],
  ] as const)('%s', (_story, text, rows) => {
    const table = readCsv(text);
    expect(table.broken).toBeNull();
    expect(table.rows.map(({ line, cells }) => [line, cells])).toEqual(rows);
  });

  test.each([
    [
      'a quote that is never closed',
      'a,b\n1,2\n3,"x\n4,5\n',
      { line: 3, reason: 'a quote is opened here and not closed' },
    ],
    [
      'closed by the next row',
      'a,b\n1,2\n"x,3\n"y",4\n',
      { line: 3, reason: 'text stands between a closing quote and the next field' },
    ],
  ] as const)('%s: the rows before it are kept', (_story, text, broken) => {
    const table = readCsv(text);
    expect(table.broken).toEqual(broken);
    expect(table.rows).toEqual([{ line: 2, cells: ['1', '2'] }]);
  });

  test('encodings are guessed', () => {
    const windows = Uint8Array.from([0xc8, 0xec, 0xff, 0x0a, 0xc8, 0xe2, 0xe0, 0xed]);
    expect(readCsv(windows)).toMatchObject({
      encoding: 'windows-1251',
      header: ['Имя'],
      rows: [{ line: 2, cells: ['Иван'] }],
    });
    expect(readCsv(new TextEncoder().encode('\ufeffИмя\nИван'))).toMatchObject({ encoding: 'utf-8', header: ['Имя'] });
    expect(readCsv(Buffer.from('\ufeffИмя\nИван', 'utf16le'))).toMatchObject({ encoding: 'utf-16', header: ['Имя'] });
  });

  test('what was written is read again, whatever it was', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', ';', '"', '\n', '\r\n', ' ', 'ж') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = `a,b\n${rows.map((row) => row.map(quoted).join(',')).join('\n')}`;
        const filled = rows.filter((row) => row.some((one) => one.trim() !== ''));
        expect(readCsv(text).rows.map(({ cells }) => cells)).toEqual(filled);
      }),
    );
  });
});

describe('clients', () => {
  test('several rows with one name are one client, several values stand apart by ;', () => {
    const read = readClients(
      'name,person,phone,email,fax,domain,responsible,class\n' +
        'ООО «Ромашка»,Анна,044 123-45-67; 050 123-45-67,Anna@Romashka.Example,044 123-45-68,romashka.example,Иван,A\n' +
        'ООО "Ромашка",,0441234500,,,,Иван,\n',
      UA,
    );
    expect(read.rejected).toEqual([]);
    expect(read.rows).toEqual([
      {
        line: 2,
        key: 'ооо ромашка',
        name: 'ООО «Ромашка»',
        class: 'A',
        responsible: 'Иван',
        people: ['Анна'],
        points: [
          { kind: 'phone', address: '+380441234567', raw: '044 123-45-67; 050 123-45-67', person: 'Анна' },
          { kind: 'phone', address: '+380501234567', raw: '044 123-45-67; 050 123-45-67', person: 'Анна' },
          { kind: 'email', address: 'anna@romashka.example', raw: 'Anna@Romashka.Example', person: 'Анна' },
          { kind: 'fax', address: '+380441234568', raw: '044 123-45-68', person: null },
          { kind: 'domain', address: 'romashka.example', raw: 'romashka.example', person: null },
          { kind: 'phone', address: '+380441234500', raw: '0441234500', person: null },
        ],
      },
    ]);
  });

  test.each([
    ['name,phone\n,0441234567\n', [[2, null, '0441234567', 'no name']]],
    ['name,phone\nA,a@b.example\n', [[2, 'phone', 'a@b.example', 'an e-mail address, not a phone number']]],
    ['name,phone\nA,123\n', [[2, 'phone', '123', 'too short for a phone number: an extension or a short code']]],
    ['name,email\nA,ivan\n', [[2, 'email', 'ivan', 'no @: not an e-mail address']]],
    ['name,domain\nA,acme\n', [[2, 'domain', 'acme', 'not a domain such as romashka.example']]],
    ['name,responsible\nA,Ivan\nA,Olga\n', [[3, 'responsible', 'Olga', 'another row of this client says Ivan']]],
  ] as const)('told with its line: %j', (text, rejected) => {
    const read = readClients(text, UA);
    expect(read.rejected.map(({ line, column, value, reason }) => [line, column, value, reason])).toEqual(rejected);
  });

  test('headers in other languages, and by mapping', () => {
    const russian = readClients('Контрагент;Телефон;Ответственный\nРомашка;0441234567;Иван', UA);
    expect(russian.rows[0]).toMatchObject({
      name: 'Ромашка',
      responsible: 'Иван',
      points: [{ address: '+380441234567' }],
    });
    const mapped = readClients('firma;Telefon 1\nRomashka;0441234567', {
      ...UA,
      columns: { name: 'Firma', phone: 'telefon 1' },
    });
    expect(mapped.rows[0]).toMatchObject({ name: 'Romashka', points: [{ address: '+380441234567' }] });
    expect(readClients('name,код\nA,1', UA).notes).toEqual(['columns not used: код']);
  });

  test.each([
    ['directory.no_name_column', 'foo,bar\n1,2', {}],
    ['directory.no_name_column', '', {}],
    ['directory.unknown_column', 'name,bar\n1,2', { phone: 'tel' }],
  ] as const)('%s', (code, text, columns) => {
    expect(() => readClients(text, { ...UA, columns })).toThrow(
      expect.objectContaining({ code, remedy: 'reconfigure' }),
    );
  });
});

describe('employees', () => {
  test('a row', () => {
    const { rows, rejected } = readPeople(
      'name,extension,email,mobile,role,substitute,language,zone\nAnna Bo,101;102,Anna@R.Example,0501234567,supervisor,Boris,uk,Europe/Kyiv',
      { ...UA, file: 'people.csv' },
    );
    expect(rejected).toEqual([]);
    expect(rows).toEqual([
      {
        line: 2,
        key: 'anna@r.example',
        name: 'Anna Bo',
        email: 'anna@r.example',
        role: 'supervisor',
        language: 'uk',
        zone: 'Europe/Kyiv',
        substitute: 'Boris',
        points: [
          { kind: 'extension', address: '101', raw: '101' },
          { kind: 'extension', address: '102', raw: '102' },
          { kind: 'phone', address: '+380501234567', raw: '0501234567' },
          { kind: 'email', address: 'anna@r.example', raw: 'Anna@R.Example' },
        ],
        station: {},
      },
    ]);
  });

  test('what is wrong is told with its line, the rest is taken', () => {
    const { rows, rejected } = readPeople(
      'name,extension,email,mobile,role,language,zone\nAnna,abc,x,7,boss,xx,Mars/Base\n,101,,,,,\nAnna,,,,,,\n',
      UA,
    );
    expect(rows.map(({ name, points }) => [name, points])).toEqual([['Anna', []]]);
    expect(rejected.map(({ line, column }) => [line, column])).toEqual([
      [2, 'email'],
      [2, 'extension'],
      [2, 'mobile'],
      [2, 'role'],
      [2, 'language'],
      [2, 'zone'],
      [3, null],
      [4, null],
    ]);
  });

  const people = (text: string) => readPeople(`name,extension,email,substitute\n${text}`, UA).rows;
  test('substitutes by name, e-mail or extension; circles refused', () => {
    const { byKey, rejected } = decideSubstitutes(
      people(
        'Anna,101,,boris\nBoris,102,b@r.example,103\nClara,103,,ANNA\nDaria,,,b@r.example\nEva,,,Nobody\nFrol,,,Frol',
      ),
      [],
    );
    expect([...byKey]).toEqual([
      ['anna', 'b@r.example'],
      ['b@r.example', 'clara'],
      ['clara', null],
      ['daria', 'b@r.example'],
      ['eva', null],
      ['frol', null],
    ]);
    expect(rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'the substitutes would run in a circle'],
      [6, 'nobody of this name, e-mail or extension'],
      [7, 'the substitutes would run in a circle'],
    ]);
  });

  test('another e-mail is the same person, another person is not', () => {
    const stored = [
      { key: 'anna@old.example', name: 'Anna' },
      { key: 'boris', name: 'Boris' },
    ];
    expect(
      recognised(people('Anna,,anna@new.example,\nBoris,,b@r.example,\nBoris,,b2@r.example,'), stored).map(
        ({ key }) => key,
      ),
    ).toEqual(['anna@old.example', 'b@r.example', 'b2@r.example']);
  });
});

describe('who is on duty', () => {
  const one = (name: string, role: 'employee' | 'supervisor', active = true) => ({
    id: name,
    name,
    email: `${name}@r.example`,
    role,
    active,
    points: [],
  });
  const office = [
    one('anna', 'employee'),
    one('gone', 'supervisor', false),
    one('boris', 'supervisor'),
    one('olga', 'supervisor'),
  ];
  test.each([
    ['named', 'Olga', 'olga'],
    ['by address', 'anna@r.example', 'anna'],
    ['not set: the first supervisor', null, 'boris'],
  ])('%s', (_story, written, id) => {
    expect(decideDuty(office, written)).toEqual({ id, isGone: false });
  });
  test('named, and no longer with us: the next in line, and it is told', () =>
    expect(decideDuty(office, 'gone')).toEqual({ id: 'boris', isGone: true }));
  test('no supervisor: the first person', () =>
    expect(decideDuty(office.slice(0, 2), null)).toEqual({ id: 'anna', isGone: false }));
  test.each([
    ['directory.nobody', [], null],
    ['directory.nobody', office.slice(1, 2), null],
    ['directory.duty_unknown', office, 'Zoya'],
  ])('%s', (code, people, written) => {
    expect(() => decideDuty(people, written)).toThrow(expect.objectContaining({ code, remedy: 'reconfigure' }));
    expect(() => decideDuty(people, written)).toThrow(Fault);
  });
});

test.each([
  ['ООО «Ромашка»', 'ооо ромашка'],
  ['  ACME   Ltd. ', 'acme ltd.'],
  ['E-mail*:', 'e-mail'],
])('%j is compared as %j', (text, folded) => {
  expect(fold(text)).toBe(folded);
});
