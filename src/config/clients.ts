import { basename, extname, resolve } from 'node:path';
import { z } from 'zod';
import type { Fields, HttpRequest, Paging, Source } from '../sources/reading/source.ts';
import { wayTo } from './encrypted.ts';
import { parseEvery, parsePercent, parseSize, parseSpan, parseUrl, text } from './fields.ts';

// The section `clients:`: where clients come from. One source or a list; a mere text is the path of a CSV file.

const clientFields = ['name', 'person', 'phone', 'email', 'fax', 'domain', 'responsible', 'class'] as const;

const httpUrl = parseUrl('an address such as https://crm.example/clients', 'http:', 'https:');
const path = z.string().min(1);
const paths = z.union([path, z.array(path).min(1)]);
const fieldsOf = (fields: readonly string[]) =>
  z.strictObject(Object.fromEntries(fields.map((field) => [field, paths.describe('its path, or several').optional()])));
const headers = z
  .record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string())
  .describe('headers that are sent along, such as Authorization; secrets by ${env:NAME}');
const where = z.enum(['query', 'body']).describe('where the parameter goes').default('query');

const PagingSection = z
  .strictObject({
    next: path.describe('path of the address of the next page; Link: the header of that name').optional(),
    page: path.describe('name of the parameter that counts the pages').optional(),
    first: z.int().min(0).max(1).describe('number of the first page').default(1),
    cursor: path.describe('path of the mark that asks for the next page').optional(),
    parameter: path.describe('name of the parameter that takes this mark').optional(),
    offset: path.describe('name of the parameter that counts the items so far').optional(),
    in: where,
  })
  .superRefine(({ next, page, cursor, parameter, offset }, context) => {
    if ([next, page, cursor, offset].filter((one) => one !== undefined).length !== 1)
      context.addIssue({ code: 'custom', message: 'one of next, page, cursor or offset' });
    if ((cursor === undefined) !== (parameter === undefined))
      context.addIssue({ code: 'custom', message: 'cursor and parameter together' });
  });

const Json = z
  .strictObject({
    url: text('address of the interface', httpUrl),
    method: z.enum(['GET', 'POST']).describe('how it is asked').default('GET'),
    headers: headers.optional(),
    body: z.unknown().describe('sent as JSON with POST').optional(),
    items: z.string().describe('path of the list in the answer; left out: the answer is the list').default(''),
    fields: fieldsOf(clientFields).describe('our name of a column: its path in an item, or several'),
    people: z
      .strictObject({
        items: path.describe('path of the people in an item'),
        fields: fieldsOf(clientFields).describe('as above, of one of them'),
      })
      .describe('people of an item with addresses of their own')
      .optional(),
    paging: PagingSection.describe('how one answer leads to the next').optional(),
  })
  .superRefine(({ fields }, context) => {
    if (fields['name'] === undefined)
      context.addIssue({ code: 'custom', path: ['fields', 'name'], message: 'the path of the name' });
  });

const Sql = z.strictObject({
  url: text(
    'postgres://user:password@host/database or mysql://…; of a user who may only read',
    parseUrl('postgres://… or mysql://…', 'postgres:', 'postgresql:', 'mysql:', 'mariadb:'),
  ),
  query: z.string().trim().min(1).describe('its columns bear our names: select title as name, tel as phone …'),
});

const SourceSection = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u, { error: 'a name of letters, digits, . _ and - such as crm' })
      .describe('how pages and logs call it; keep it, what it said before is known by it')
      .optional(),
    file: z.string().min(1).describe('path of a CSV file').optional(),
    url: text('address of a CSV file', httpUrl).optional(),
    json: Json.describe('any JSON over HTTP').optional(),
    sql: Sql.describe('a query to PostgreSQL, MySQL or MariaDB').optional(),
    headers: headers.optional(),
    ca: z.string().min(1).describe('file of the certificate that signed the one of the server').optional(),
    insecure: z
      .boolean()
      .describe(
        'the way to another machine may be plain: http://, or a database without encryption; everybody on it reads along',
      )
      .default(false),
    hosts: z
      .array(
        z.string().regex(/^(\*\.)?[\w-]+(\.[\w-]+)*$/, { error: 'a host such as files.crm.example or *.crm.example' }),
      )
      .describe('other hosts to which url or json may lead on; left out: none, a redirect elsewhere is refused')
      .default([]),
    columns: z
      .strictObject(Object.fromEntries(clientFields.map((field) => [field, z.string().min(1).optional()])))
      .describe('our name of a column: its header')
      .default({}),
    key: z
      .string()
      .min(1)
      .describe('column (of json: path) with the id of a client there; left out: clients are known by their name')
      .optional(),
    every: text('how often it is read, beside every start and reload; or never', parseEvery).prefault('15m'),
    timeout: text('so long may one answer take', parseSpan).prefault('1m'),
    maxSize: text('all answers together may be so large', parseSize).prefault('50 MB'),
    holdBelow: text(
      'an answer with less than this share of the clients of last time waits for a person',
      parsePercent,
    ).prefault('70%'),
    holdFewer: z.int().min(1).describe('… if it has at least so many fewer').default(20),
  })
  .superRefine((source, context) => {
    const given = (['file', 'url', 'json', 'sql'] as const).filter((key) => source[key] !== undefined);
    if (given.length !== 1) context.addIssue({ code: 'custom', message: 'one of file, url, json or sql' });
    if (source.headers !== undefined && source.url === undefined)
      context.addIssue({ code: 'custom', path: ['headers'], message: 'headers beside url; those of json stand in it' });
    if (source.hosts.length > 0 && source.url === undefined && source.json === undefined)
      context.addIssue({ code: 'custom', path: ['hosts'], message: 'hosts beside url or json' });
    mustBeEncrypted(source, context);
  });

/** Login and clients do not go over the wire as they are unless somebody wrote that they may. */
function mustBeEncrypted(
  source: { readonly [Key in 'json' | 'sql']?: { readonly url: string } | undefined } & {
    readonly url?: string | undefined;
    readonly insecure: boolean;
  },
  context: z.RefinementCtx,
): void {
  const [path, address] =
    source.url !== undefined
      ? [['url'], source.url]
      : source.json !== undefined
        ? [['json', 'url'], source.json.url]
        : [['sql', 'url'], source.sql?.url];
  const way = address === undefined ? null : wayTo(address);
  if (way?.is === 'open' && !source.insecure)
    context.addIssue({
      code: 'custom',
      path,
      message: `an encrypted connection: ${way.cure}; else insecure: true beside it, and everybody on the wire reads login and clients`,
    });
  if (source.insecure && way?.is !== 'open' && way?.is !== 'local')
    context.addIssue({
      code: 'custom',
      path: ['insecure'],
      message: 'insecure only where the way is plain: http:// or sql',
    });
}

type Written = z.output<typeof SourceSection>;

export const Clients = z
  .union([z.string().min(1), SourceSection, z.array(z.union([z.string().min(1), SourceSection]))])
  .superRefine((written, context) => {
    const list = listOf(written);
    const names = list.map(nameOf);
    names.forEach((name, index) => {
      if (names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === index) return;
      const at = Array.isArray(written) ? [index, ...(list[index]?.name === undefined ? [] : ['name'])] : [];
      context.addIssue({ code: 'custom', path: at, message: `a name of its own, ${name} is another source's` });
    });
  })
  .meta({
    description: 'clients: a CSV file, or one or several sources with file, url, json or sql; see docs/sources.md',
    example: './clients.csv',
  });

function listOf(written: z.output<typeof Clients>): readonly Written[] {
  const list: readonly (string | Written)[] = Array.isArray(written) ? written : [written];
  return list.map((one) => (typeof one === 'string' ? SourceSection.parse({ file: one }) : one));
}

/** A source without a name bears that of its file or host. */
function nameOf({ name, file, url, json, sql }: Written): string {
  if (name !== undefined) return name;
  if (file !== undefined) return basename(file, extname(file));
  const address = url ?? json?.url ?? sql?.url ?? '';
  return URL.canParse(address) ? new URL(address).hostname : 'clients';
}

/** Paths against the YAML file's folder, left out is null. */
export function resolveSources(written: z.output<typeof Clients> | undefined, folder: string): readonly Source[] {
  if (written === undefined) return [];
  return listOf(written).map((one): Source => {
    const { columns, key, every, timeout, maxSize, holdBelow, holdFewer } = one;
    return {
      name: nameOf(one),
      reads: readsOf(one, folder),
      columns: Object.fromEntries(Object.entries(columns).flatMap(([c, h]) => (typeof h === 'string' ? [[c, h]] : []))),
      key: key ?? null,
      everyMs: every,
      timeoutMs: timeout,
      maxBytes: maxSize,
      hold: { below: holdBelow, fewer: holdFewer },
    };
  });
}

function readsOf({ file, url, json, sql, headers: sent, ca: caFile, hosts }: Written, folder: string): Source['reads'] {
  const ca = caFile === undefined ? null : resolve(folder, caFile);
  if (sql !== undefined) return { kind: 'sql', ...sql, ca };
  if (url !== undefined) return { kind: 'url', ...request(url, sent, ca, hosts) };
  if (json === undefined) return { kind: 'file', file: resolve(folder, file ?? '') };
  const { items, fields, people, paging, method, body } = json;
  return {
    kind: 'json',
    ...request(json.url, json.headers, ca, hosts),
    method,
    body: method === 'POST' ? (body ?? null) : null,
    items,
    fields: listed(fields),
    people: people === undefined ? null : { items: people.items, fields: listed(people.fields) },
    paging: paging === undefined ? null : pagingOf(paging),
  };
}

/** User and password of an address are sent as a header, so that they are shown nowhere. */
function request(
  written: string,
  headers: Readonly<Record<string, string>> = {},
  ca: string | null,
  hosts: readonly string[],
): HttpRequest {
  const url = new URL(written);
  const { username, password } = url;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const basic = username === '' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  url.username = '';
  url.password = '';
  return { url: url.href, method: 'GET', headers: { ...basic, ...headers }, body: null, ca, hosts };
}

function listed(fields: Readonly<Record<string, string | string[] | undefined>>): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, at]) =>
      at === undefined ? [] : [[name, typeof at === 'string' ? [at] : at]],
    ),
  );
}

function pagingOf({ next, page, first, cursor, parameter, offset, in: place }: z.output<typeof PagingSection>): Paging {
  if (next !== undefined) return { by: 'next', next };
  if (page !== undefined) return { by: 'page', page, first, in: place };
  if (cursor !== undefined) return { by: 'cursor', cursor, parameter: parameter ?? cursor, in: place };
  return { by: 'offset', offset: offset ?? '', in: place };
}
