import { Fault } from '../../core/fault.ts';
import type { CsvTable } from '../../directory/files/csv.ts';
import { beginningOf, fetchBytes, type HttpAnswer, placeOf, tooLarge } from './http.ts';
import { firstPage, nextPage } from './paging.ts';
import { cellAt, keysOf, valuesAt } from './paths.ts';
import type { Fields, HttpRequest, JsonReads, Source } from './source.ts';

type Table = Pick<CsvTable, 'header' | 'rows'>;

const mostPages = 10_000;

/**
 * Every item of every page as rows: one for the item, one for each of its people. A row's `line` is the number of its item.
 *
 * @throws Fault those of `fetchBytes`; source.not_json (retry), source.nothing_found, source.paging (reconfigure)
 */
export async function readJsonTable(reads: JsonReads, source: Source): Promise<Table> {
  const header = columnsOf(reads, source.key);
  const rows: { line: number; cells: readonly string[] }[] = [];
  let [sum, bytes, before] = [0, 0, ''];
  let request: HttpRequest | null = firstPage(reads, reads.paging);
  for (let number = 1; request !== null; number += 1) {
    if (number > mostPages) throw stuck(request.url, `more than ${mostPages} pages`);
    const answer = await fetchBytes(request, source);
    bytes += answer.bytes.length;
    if (bytes > source.maxBytes) throw tooLarge(placeOf(reads.url), source.maxBytes);
    const json = parseJson(answer);
    const items = itemsOf(json, reads.items, answer.url);
    const now = items.length === 0 ? '' : JSON.stringify(items);
    if (now !== '' && now === before) throw stuck(request.url, `page ${number} is the same as the one before`);
    before = now;
    for (const item of items) {
      sum += 1;
      rows.push(...rowsOf(item, sum, header, reads, source.key));
    }
    request = nextPage(reads, request, reads.paging, {
      json,
      headers: answer.headers,
      items: items.length,
      sum,
      number,
    });
  }
  if (sum > 0 && !rows.some(({ cells }) => cells[header.indexOf('name')] !== '')) {
    const path = (reads.fields['name'] ?? []).join(', ');
    const found = keysOf(valuesAt(before === '' ? [] : JSON.parse(before), '0')[0]).join(', ');
    const cure = 'correct fields.name: it is the path of the name within one item';
    throw new Fault('source.nothing_found', 'reconfigure', { place: placeOf(reads.url), path, found, cure });
  }
  return { header, rows };
}

function columnsOf({ fields, people }: JsonReads, key: string | null): readonly string[] {
  return [...new Set([...(key === null ? [] : ['key']), ...Object.keys(fields), ...Object.keys(people?.fields ?? {})])];
}

function rowsOf(item: unknown, line: number, header: readonly string[], reads: JsonReads, key: string | null) {
  const { fields, people } = reads;
  const id = key === null ? '' : cellAt(item, [key]);
  const row = (of: (column: string) => string) => ({ line, cells: header.map((c) => (c === 'key' ? id : of(c))) });
  const own = row((column) => cellAt(item, fields[column] ?? []));
  if (people === null) return [own];
  const name = cellAt(item, fields['name'] ?? []);
  const personal = (person: unknown, of: Fields) => (column: string) =>
    column === 'name' ? name : cellAt(person, of[column] ?? []);
  const members = valuesAt(item, people.items).flatMap((one) => (Array.isArray(one) ? one : [one]));
  return [own, ...members.map((one: unknown) => row(personal(one, people.fields)))];
}

function itemsOf(json: unknown, path: string, url: string): readonly unknown[] {
  const [found] = valuesAt(json, path);
  if (Array.isArray(found)) return found;
  if (found === null) return [];
  const cure =
    path === ''
      ? 'the answer is no list: write with items: where in it the list stands'
      : 'correct items: it is the path of the list within the answer';
  const facts = { place: placeOf(url), path, found: keysOf(found === undefined ? json : found).join(', '), cure };
  throw new Fault('source.nothing_found', 'reconfigure', facts);
}

/** Whole numbers too long for a JavaScript number stay the text they are: ids of 18 digits are common. */
function parseJson({ bytes, headers, url }: HttpAnswer): unknown {
  const text = new TextDecoder(charsetOf(headers['content-type'] ?? '')).decode(bytes);
  try {
    const value: unknown = JSON.parse(text);
    if (!/\d{16}/.test(text)) return value;
    const exact = text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (found) =>
      found.startsWith('"') ? found : `"${found}"`,
    );
    return JSON.parse(exact);
  } catch (error) {
    const isPage = /^\s*<(?:!doctype|html|\?xml|head|body)/i.test(text);
    const found = `${isPage ? 'a web page: ' : ''}${beginningOf(bytes)}`;
    const cure = isPage
      ? 'is it the address of the interface, and not of a page? Does it want a token?'
      : 'the answer is broken or breaks off: nothing of it was taken over';
    throw new Fault('source.not_json', 'retry', { place: placeOf(url), found, cure }, error);
  }
}

function charsetOf(contentType: string): string {
  const name = /charset="?([^\s;"]{1,40})/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return 'utf-8';
  }
}

function stuck(url: string, found: string): Fault {
  const cure = 'the pages do not end: check paging:, the name of the parameter above all';
  return new Fault('source.paging', 'reconfigure', { place: placeOf(url), found, cure });
}
