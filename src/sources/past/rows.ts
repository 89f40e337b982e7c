import type { Address, Channel, Direction } from '../../core/contact/capture.ts';
import { readEmail } from '../../core/email.ts';
import { sha256Hex } from '../../core/hash.ts';
import { readNumbers } from '../../core/phone/phone.ts';
import { type ApproximateDate, readApproximateDate } from '../../core/time/approximate-date.ts';
import {
  type CsvFormat,
  type NamedRow,
  nameColumns,
  type Rejection,
  readCsv,
  valuesOf,
} from '../../directory/files/csv.ts';
import { channelOf, channelWords, directionOf, type PastColumn, pastHeaders } from './words.ts';

/** A contact of past years as it stands in a table. */
export interface PastRow {
  readonly line: number;
  /** The same for the same words in a table of contacts; of equal lines the second has another. */
  readonly identity: string;
  readonly date: ApproximateDate;
  readonly writtenDate: string;
  readonly channel: Channel;
  readonly direction: Direction;
  readonly client: string | null;
  readonly person: string | null;
  readonly outside: Address | null;
  readonly employee: string | null;
  readonly occasion: string | null;
  readonly gist: string | null;
  /** The cells, as they stood there. */
  readonly evidence: string;
}

export interface PastTable {
  readonly rows: readonly PastRow[];
  readonly rejected: readonly Rejection[];
  readonly notes: readonly string[];
  readonly format: CsvFormat;
  readonly broken: { readonly line: number; readonly reason: string } | null;
}

export interface PastOptions {
  readonly file: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly region: string | null;
  /** The office's day: what was, was before it ends. */
  readonly today: string;
}

const longestGist = 4000;

/** @throws Fault directory.no_name_column, directory.unknown_column (reconfigure) */
export function readPast(content: Uint8Array, options: PastOptions): PastTable {
  const table = readCsv(content);
  const named = nameColumns<PastColumn>(table, pastHeaders, options.columns, options.file, 'date');
  const rejected: Rejection[] = [...named.rejected];
  const seen = new Map<string, number>();
  const rows = named.rows.flatMap((row): PastRow[] => {
    const read = readRow(row, options);
    if ('reason' in read) {
      rejected.push({ line: row.line, ...read });
      return [];
    }
    const { evidence } = read;
    const count = (seen.get(evidence) ?? 0) + 1;
    seen.set(evidence, count);
    const identity = sha256Hex(`${evidence}\n${count}`);
    return [{ line: row.line, identity, ...read }];
  });
  const { encoding, delimiter, broken } = table;
  return { rows, rejected, notes: named.notes, format: { encoding, delimiter }, broken };
}

type Refusal = Omit<Rejection, 'line'>;

function readRow({ cell }: NamedRow<PastColumn>, options: PastOptions): Omit<PastRow, 'line' | 'identity'> | Refusal {
  const refuse = (column: PastColumn | null, reason: string): Refusal => {
    return { column, value: column === null ? '' : cell(column), reason };
  };
  const text = (column: PastColumn) => cell(column).replace(/\s+/gu, ' ') || null;
  const date = dateOf(cell('date'), cell('time'));
  if (cell('date') === '') return refuse('date', 'no date');
  if (date === null) return refuse('date', 'not a date such as 12.03.2018, 2018-03, май 2018, весна 2018 or 2018');
  if (date.day > options.today) return refuse('date', 'a date in the future');
  const address = addressOf(cell('phone'), cell('email'), options.region);
  if ('reason' in address) return refuse(address.column, address.reason);
  const channel = cell('channel') === '' ? (address.channel ?? 'meeting') : channelOf(cell('channel'));
  if (channel === null) return refuse('channel', `expected ${channelWords}`);
  const direction = cell('direction') === '' ? 'inbound' : directionOf(cell('direction'));
  if (direction === null) return refuse('direction', 'expected in or out');
  const gist = cell('gist').replace(/\r\n?/g, '\n') || null;
  if (gist !== null && [...gist].length > longestGist) return refuse('gist', `longer than ${longestGist} characters`);
  const [client, person] = [text('client'), text('person')];
  const { phone, email } = address;
  if (client === null && phone === null && email === null)
    return refuse(null, 'neither a client nor an address: nobody could tell whose contact it was');
  const outside = channel === 'email' ? (email ?? phone) : (phone ?? email);
  return {
    date,
    writtenDate: cell('date'),
    channel,
    direction,
    client,
    person,
    outside: outside?.kind === 'phone' && channel === 'fax' ? { ...outside, kind: 'fax' } : outside,
    employee: text('employee'),
    occasion: text('occasion'),
    gist,
    evidence: evidenceOf(cell),
  };
}

function dateOf(written: string, time: string): ApproximateDate | null {
  const date = readApproximateDate(written);
  if (date === null || date.precision !== 'day' || time === '') return date;
  return readApproximateDate(`${date.about ? 'ок. ' : ''}${date.day} ${time}`) ?? date;
}

type Read =
  | { readonly phone: Address | null; readonly email: Address | null; readonly channel: 'call' | 'email' | null }
  | { readonly column: 'phone' | 'email'; readonly reason: string };

/** An e-mail that slipped into the column of numbers is one all the same, and the other way round. */
function addressOf(phoneCell: string, emailCell: string, region: string | null): Read {
  const cells = [phoneCell, emailCell].filter((one) => one !== '');
  const mails = cells.flatMap((one) => valuesOf(one)).filter((one) => one.includes('@'));
  const numbers = cells
    .map((one) =>
      valuesOf(one)
        .filter((v) => !v.includes('@'))
        .join(';'),
    )
    .filter((one) => one !== '');
  const [mail] = mails;
  if (mail !== undefined) {
    const { email, reason } = readEmail(mail);
    if (email === null)
      return { column: emailCell.includes(mail) ? 'email' : 'phone', reason: reason ?? 'not an e-mail address' };
  }
  const [number] = numbers;
  if (number !== undefined) {
    const read = readNumbers(number, region);
    if (read.numbers.length === 0)
      return { column: phoneCell.includes(number) ? 'phone' : 'email', reason: read.reason ?? 'not a phone number' };
  }
  return {
    phone: number === undefined ? null : { kind: 'phone', value: number },
    email: mail === undefined ? null : { kind: 'email', value: mail },
    channel: number !== undefined ? 'call' : mail !== undefined ? 'email' : null,
  };
}

/** By our names of the columns: other headers, or another order of them, make no other contact. */
function evidenceOf(cell: (column: PastColumn) => string): string {
  const columns = Object.keys(pastHeaders).filter(isColumn);
  const cells = columns.map((column) => [column, cell(column).replace(/\s+/gu, ' ').trim()]);
  return JSON.stringify(Object.fromEntries(cells.filter(([, value]) => value !== '')));
}

function isColumn(name: string): name is PastColumn {
  return Object.hasOwn(pastHeaders, name);
}
