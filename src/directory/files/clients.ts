import { readDomain } from '../../core/email.ts';
import {
  type CsvTable,
  fold,
  type NamedRow,
  type NamedTable,
  nameColumns,
  type Rejection,
  readCsv,
  valuesOf,
} from './csv.ts';
import { emailPoint, type FileRead, phonePoints, type ReadOptions, type ReadPoint } from './people.ts';

export type ClientsColumn = 'name' | 'person' | 'phone' | 'email' | 'fax' | 'domain' | 'responsible' | 'class';

const headers: Readonly<Record<ClientsColumn, readonly string[]>> = {
  name: [
    'client',
    'company',
    'organisation',
    'organization',
    'customer',
    'название',
    'наименование',
    'клиент',
    'компания',
    'организация',
    'контрагент',
    'назва',
    'найменування',
    'клієнт',
    'компанія',
    'організація',
  ],
  person: [
    'contact',
    'contact person',
    'контакт',
    'контактное лицо',
    'лицо',
    'фио',
    'имя',
    'контактна особа',
    'особа',
    'піб',
  ],
  phone: ['phones', 'tel', 'telephone', 'телефон', 'телефоны', 'тел', 'мобильный', 'телефони', 'мобільний'],
  email: ['e-mail', 'mail', 'почта', 'эл. почта', 'электронная почта', 'пошта', 'електронна пошта', 'ел. пошта'],
  fax: ['факс'],
  domain: ['site', 'website', 'web', 'домен', 'сайт'],
  responsible: ['manager', 'owner', 'ответственный', 'менеджер', 'відповідальний'],
  class: ['category', 'класс', 'категория', 'клас', 'категорія'],
};

export interface ClientPoint extends ReadPoint {
  /** Whose it is; null: the client's own. */
  readonly person: string | null;
}

/** One client, gathered from all rows that name it. */
export interface ClientRow {
  /** Its first line. */
  readonly line: number;
  /** What a re-import recognises it by: the source's own id, else the folded name. */
  readonly key: string;
  readonly name: string;
  /** Absent: an organisation. */
  readonly kind?: 'private';
  readonly class: string | null;
  /** As written: an employee's name, e-mail or extension. */
  readonly responsible: string | null;
  readonly people: readonly string[];
  readonly points: readonly ClientPoint[];
}

/** clients.csv. @throws Fault directory.no_name_column, directory.unknown_column (reconfigure) */
export function readClients(content: Uint8Array | string, options: ReadOptions): FileRead<ClientRow> {
  const table = readCsv(content);
  const named = nameClientColumns(table, options);
  const { rows, rejected } = gatherClients(named.rows, options.region);
  const { broken, encoding, delimiter } = table;
  return {
    file: options.file,
    rows,
    rejected: [...named.rejected, ...rejected],
    notes: named.notes,
    broken,
    format: { encoding, delimiter },
  };
}

/**
 * A table of clients by our names of its columns. `options.columns.key`: the column with the source's own id.
 * @throws Fault directory.no_name_column, directory.unknown_column (reconfigure)
 */
export function nameClientColumns(
  table: CsvTable,
  options: Pick<ReadOptions, 'columns' | 'file'>,
): NamedTable<ClientsColumn | 'key'> {
  const columns = options.columns ?? {};
  if (columns['key'] !== undefined)
    return nameColumns<ClientsColumn | 'key'>(table, { ...headers, key: [] }, columns, options.file);
  const named = nameColumns(table, headers, columns, options.file);
  const rows = named.rows.map(({ line, cell }) => ({
    line,
    cell: (column: ClientsColumn | 'key') => (column === 'key' ? '' : cell(column)),
  }));
  return { ...named, rows };
}

/**
 * Rows → clients. Rows of the same key are one client; without keys those of the same name.
 * @param region country of numbers without country code; null: only international ones
 */
export function gatherClients(
  rows: readonly NamedRow<ClientsColumn | 'key'>[],
  region: string | null,
): { readonly rows: readonly ClientRow[]; readonly rejected: readonly Rejection[] } {
  const rejected: Rejection[] = [];
  const clients = new Map<string, Gathered>();
  for (const row of rows) {
    const name = row.cell('name').replace(/\s+/gu, ' ');
    const written = row.cell('key');
    const key = written === '' ? fold(name) : written;
    const known = clients.get(key);
    const reason =
      fold(name) === ''
        ? 'no name'
        : known !== undefined && fold(known.name) !== fold(name)
          ? `the key ${key} is that of ${known.name} in line ${known.line} already`
          : null;
    if (reason !== null) {
      rejected.push({ line: row.line, column: null, value: name || row.cell('person') || row.cell('phone'), reason });
      continue;
    }
    const client = known ?? newlyGathered(row.line, key, name);
    clients.set(key, client);
    gather(client, row, region, rejected);
  }
  const gathered = [...clients.values()].map((client) => ({
    ...client,
    people: [...client.people.values()],
    points: [...client.points.values()],
  }));
  return { rows: gathered, rejected };
}

function newlyGathered(line: number, key: string, name: string): Gathered {
  return { line, key, name, class: null, responsible: null, people: new Map(), points: new Map() };
}

interface Gathered {
  readonly line: number;
  readonly key: string;
  readonly name: string;
  class: string | null;
  responsible: string | null;
  readonly people: Map<string, string>;
  readonly points: Map<string, ClientPoint>;
}

function gather(
  client: Gathered,
  { line, cell }: NamedRow<ClientsColumn | 'key'>,
  region: string | null,
  rejected: Rejection[],
): void {
  const rejectFor = (column: ClientsColumn) => (value: string, reason: string) => {
    rejected.push({ line, column, value, reason });
  };
  const written = cell('person').replace(/\s+/gu, ' ');
  const person = written === '' ? null : (client.people.get(fold(written)) ?? written);
  if (person !== null) client.people.set(fold(person), person);
  for (const field of ['class', 'responsible'] as const) {
    const value = cell(field);
    if (value === '') continue;
    const before = client[field];
    if (before === null) client[field] = value;
    else if (fold(before) !== fold(value)) rejectFor(field)(value, `another row of this client says ${before}`);
  }
  const phone = cell('phone');
  const fax = cell('fax');
  const points: ClientPoint[] = [
    ...(phone === '' ? [] : phonePoints('phone', phone, region, rejectFor('phone'))).map((point) => ({
      ...point,
      person,
    })),
    ...valuesOf(cell('email'))
      .flatMap((raw) => emailPoint(raw, (reason) => rejectFor('email')(raw, reason)))
      .map((point) => ({ ...point, person })),
    ...(fax === '' ? [] : phonePoints('fax', fax, region, rejectFor('fax'))).map((point) => ({
      ...point,
      person: null,
    })),
    ...valuesOf(cell('domain')).flatMap((raw) => {
      const domain = readDomain(raw);
      if (domain === null) rejectFor('domain')(raw, 'not a domain such as romashka.example');
      return domain === null ? [] : [{ kind: 'domain' as const, address: domain, raw, person: null }];
    }),
  ];
  for (const point of points) client.points.set(`${point.kind} ${point.address} ${fold(point.person ?? '')}`, point);
}
