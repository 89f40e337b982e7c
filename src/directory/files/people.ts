import { readEmail } from '../../core/email.ts';
import { languages } from '../../core/language.ts';
import { readNumbers } from '../../core/phone/phone.ts';
import {
  type CsvFormat,
  type CsvTable,
  fold,
  type NamedRow,
  nameColumns,
  type Rejection,
  readCsv,
  valuesOf,
} from './csv.ts';
import { readStation, type Station } from './read-department.ts';

export type PeopleColumn =
  | 'name'
  | 'extension'
  | 'email'
  | 'mobile'
  | 'role'
  | 'substitute'
  | 'language'
  | 'zone'
  | 'department'
  | 'hours'
  | 'absent';

const headers: Readonly<Record<PeopleColumn, readonly string[]>> = {
  name: [
    'full name',
    'employee',
    'имя',
    'фио',
    'ф.и.о',
    'сотрудник',
    'ім’я',
    'піб',
    'п.і.б',
    'співробітник',
    'працівник',
  ],
  extension: [
    'ext',
    'extensions',
    'внутренний',
    'внутренний номер',
    'добавочный',
    'внутрішній',
    'внутрішній номер',
    'додатковий',
  ],
  email: ['e-mail', 'mail', 'почта', 'эл. почта', 'электронная почта', 'пошта', 'електронна пошта', 'ел. пошта'],
  mobile: [
    'phone',
    'mobile phone',
    'cell',
    'мобильный',
    'мобильный телефон',
    'телефон',
    'мобільний',
    'мобільний телефон',
  ],
  role: ['роль', 'должность', 'посада'],
  substitute: ['deputy', 'заместитель', 'замещает', 'замена', 'заступник', 'заміна'],
  language: ['lang', 'язык', 'мова'],
  zone: ['timezone', 'time zone', 'часовой пояс', 'зона', 'часовий пояс'],
  department: ['dept', 'отдел', 'подразделение', 'відділ', 'підрозділ'],
  hours: ['working hours', 'schedule', 'часы', 'график', 'рабочее время', 'години', 'графік', 'робочий час'],
  absent: [
    'absence',
    'absences',
    'away',
    'отсутствует',
    'отсутствие',
    'отпуск',
    'відсутній',
    'відсутність',
    'відпустка',
  ],
};

/** A point of contact as read: `address` is the form in which it is compared, `raw` what a person wrote. */
export interface ReadPoint {
  readonly kind: 'phone' | 'email' | 'fax' | 'domain' | 'extension';
  readonly address: string;
  readonly raw: string;
  readonly mobile?: boolean;
}

export interface EmployeeRow {
  readonly line: number;
  /** What a re-import recognises him by: the e-mail, else the folded name. */
  readonly key: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: 'employee' | 'supervisor' | 'it';
  readonly language: 'ru' | 'uk' | 'en' | null;
  readonly zone: string | null;
  /** As written: a name, an e-mail or an extension. */
  readonly substitute: string | null;
  readonly points: readonly ReadPoint[];
  readonly station: Station;
}

/** What a file says, before anything is compared with the database. */
export interface FileRead<Row> {
  readonly file: string;
  readonly rows: readonly Row[];
  readonly rejected: readonly Rejection[];
  readonly notes: readonly string[];
  readonly broken: CsvTable['broken'];
  /** Of a CSV file. */
  readonly format?: CsvFormat;
}

export interface ReadOptions {
  readonly file: string;
  /** Our name of a column → its header in the file. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Country of numbers without country code. */
  readonly region: string | null;
}

/** people.csv: our employees. @throws Fault directory.no_name_column, directory.unknown_column (reconfigure) */
export function readPeople(content: Uint8Array | string, options: ReadOptions): FileRead<EmployeeRow> {
  const table = readCsv(content);
  const { rows, has, notes, rejected: shifted } = nameColumns(table, headers, options.columns ?? {}, options.file);
  const rejected: Rejection[] = [...shifted];
  const byKey = new Map<string, EmployeeRow>();
  for (const row of rows) {
    const employee = readEmployee(row, options.region, rejected, has);
    if (employee === null) continue;
    const twin = byKey.get(employee.key);
    if (twin === undefined) byKey.set(employee.key, employee);
    else
      rejected.push({
        line: row.line,
        column: null,
        value: employee.name,
        reason: `the same person as in line ${twin.line}`,
      });
  }
  const { broken, encoding, delimiter } = table;
  return { file: options.file, rows: [...byKey.values()], rejected, notes, broken, format: { encoding, delimiter } };
}

function readEmployee(
  row: NamedRow<PeopleColumn>,
  region: string | null,
  rejected: Rejection[],
  has: (column: PeopleColumn) => boolean,
): EmployeeRow | null {
  const { line, cell } = row;
  const reject = (column: PeopleColumn | null, value: string, reason: string) => {
    rejected.push({ line, column, value, reason });
  };
  const name = cell('name').replace(/\s+/gu, ' ');
  if (name === '') {
    reject(null, '', 'no name');
    return null;
  }
  const emails = valuesOf(cell('email')).flatMap((raw) => emailPoint(raw, (reason) => reject('email', raw, reason)));
  const extensions = valuesOf(cell('extension')).flatMap((raw) => {
    if (/^[\d*#]{1,10}$/u.test(raw)) return [{ kind: 'extension' as const, address: raw, raw }];
    reject('extension', raw, 'not an extension: digits are expected');
    return [];
  });
  const mobile = cell('mobile');
  const mobiles =
    mobile === '' ? [] : phonePoints('phone', mobile, region, (raw, reason) => reject('mobile', raw, reason));
  const email = emails[0]?.address ?? null;
  return {
    line,
    key: email ?? fold(name),
    name,
    email,
    role: readRole(cell('role'), (reason) => reject('role', cell('role'), reason)),
    language: readLanguage(cell('language'), (reason) => reject('language', cell('language'), reason)),
    zone: readZone(cell('zone'), (reason) => reject('zone', cell('zone'), reason)),
    substitute: cell('substitute') === '' ? null : cell('substitute'),
    points: [...extensions, ...mobiles, ...emails],
    station: readStation(has, cell, reject),
  };
}

export function emailPoint(raw: string, reject: (reason: string) => void): ReadPoint[] {
  const { email, reason } = readEmail(raw);
  if (email !== null) return [{ kind: 'email', address: email, raw }];
  reject(reason ?? 'not an e-mail address');
  return [];
}

/** Every number of a field. The extension behind a number is ours to dial, not an address: it stays in `raw`. */
export function phonePoints(
  kind: 'phone' | 'fax',
  cell: string,
  region: string | null,
  reject: (raw: string, reason: string) => void,
): ReadPoint[] {
  const { numbers, code, reason } = readNumbers(cell, region);
  if (numbers.length === 0 || code === 'left_out') reject(cell, reason ?? 'not a phone number');
  return numbers.map(({ e164 }) => ({ kind, address: e164, raw: cell }));
}

function readRole(text: string, reject: (reason: string) => void): EmployeeRow['role'] {
  const role = fold(text);
  if (/^(supervisor|manager|head|руководитель|начальник|керівник|директор)/u.test(role)) return 'supervisor';
  if (/^(it|admin|ит|айти|админ|іт|адмін|системн)/u.test(role)) return 'it';
  if (role !== '' && !/^(employee|сотрудник|співробітник|працівник|менеджер)/u.test(role))
    reject('unknown role, taken as employee: expected employee, supervisor or it');
  return 'employee';
}

function readLanguage(text: string, reject: (reason: string) => void): EmployeeRow['language'] {
  const code = fold(text).slice(0, 2).replace('ua', 'uk').replace('ру', 'ru').replace('ук', 'uk').replace('ан', 'en');
  const known = languages.find((language) => language === code);
  if (known === undefined && code !== '') reject('unknown language: expected ru, uk or en');
  return known ?? null;
}

function readZone(text: string, reject: (reason: string) => void): string | null {
  if (text === '') return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone === '' ? null : text;
  } catch {
    reject('unknown time zone: expected a name such as Europe/Kyiv');
    return null;
  }
}
