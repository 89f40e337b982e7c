import { expect, test } from 'vitest';
import { readConfig } from '../config.ts';

const read = (clients: string) =>
  readConfig(`office: { timezone: Europe/Kyiv, country: UA }\nclients: ${clients}\n`, '/etc/letopis/letopis.yml', {
    env: { TOKEN: 'geheim' },
    kinds: {},
    only: ['office', 'clients'],
  });
const sources = (clients: string) => {
  const answer = read(clients);
  if (!answer.ok) throw new Error(answer.errors.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return answer.config.clients;
};
const usual = {
  columns: {},
  key: null,
  everyMs: 900_000,
  timeoutMs: 60_000,
  maxBytes: 50_000_000,
  hold: { below: 0.7, fewer: 20 },
};

test('a mere path, a list of sources of every kind', () => {
  expect(sources('./clients.csv')).toEqual([
    { ...usual, name: 'clients', reads: { kind: 'file', file: '/etc/letopis/clients.csv' } },
  ]);
  const several = sources(`
  - ./branch.csv
  - { name: shop, url: "https://u:p%40w@shop.example/c.csv?x=1", key: Код, columns: { name: Название }, every: never, ca: ca.pem, hosts: ['*.shop.example'] }
  - json: { url: "https://crm.example/api", method: POST, headers: { Authorization: "Bearer \${env:TOKEN}" }, body: { a: 1 }, fields: { name: n, phone: [a, b.*.c] }, paging: { offset: skip, in: body } }
    every: 30s
    holdBelow: 50%
  - { name: 1c, sql: { url: "mysql://r@db/x?ssl=true", query: " select 1 " }, timeout: 2m, maxSize: 200 MB, holdFewer: 5 }
`);
  expect(several).toEqual([
    { ...usual, name: 'branch', reads: { kind: 'file', file: '/etc/letopis/branch.csv' } },
    {
      ...usual,
      name: 'shop',
      reads: {
        kind: 'url',
        url: 'https://shop.example/c.csv?x=1',
        method: 'GET',
        headers: { authorization: `Basic ${Buffer.from('u:p@w').toString('base64')}` },
        body: null,
        ca: '/etc/letopis/ca.pem',
        hosts: ['*.shop.example'],
      },
      columns: { name: 'Название' },
      key: 'Код',
      everyMs: null,
    },
    {
      ...usual,
      name: 'crm.example',
      reads: {
        kind: 'json',
        url: 'https://crm.example/api',
        method: 'POST',
        headers: { Authorization: 'Bearer geheim' },
        body: { a: 1 },
        ca: null,
        hosts: [],
        items: '',
        fields: { name: ['n'], phone: ['a', 'b.*.c'] },
        people: null,
        paging: { by: 'offset', offset: 'skip', in: 'body' },
      },
      everyMs: 30_000,
      hold: { below: 0.5, fewer: 20 },
    },
    {
      ...usual,
      name: '1c',
      reads: { kind: 'sql', url: 'mysql://r@db/x?ssl=true', query: 'select 1', ca: null },
      timeoutMs: 120_000,
      maxBytes: 200_000_000,
      hold: { below: 0.7, fewer: 5 },
    },
  ]);
});

test.each([
  ['{ name: x }', 'clients', /one of file, url, json or sql/],
  ['{ file: a, url: "https://x/" }', 'clients', /one of file, url, json or sql/],
  ['{ file: a, headers: { A: b } }', 'clients.headers', /beside url/],
  ['{ file: a, hosts: [b.example] }', 'clients.hosts', /beside url or json/],
  ['{ url: "https://x/", hosts: ["https://y/"] }', 'clients.hosts[0]', /such as files\.crm\.example/],
  ['{ file: a, insecure: true }', 'clients.insecure', /only where the way is plain/],
  ['{ url: "https://x/", insecure: true }', 'clients.insecure', /only where the way is plain/],
  ['{ file: a, kei: b }', 'clients.kei', /did you mean key/],
  ['[a/clients.csv, b/clients.csv]', 'clients[1]', /name of its own/],
  ['[{ name: x, file: a }, { name: X, file: b }]', 'clients[1].name', /name of its own/],
  ['{ url: "ftp://x/" }', 'clients.url', /https:/],
  ['{ json: { url: "https://x/", fields: { phone: p } } }', 'clients.json.fields.name', /path of the name/],
  [
    '{ json: { url: "https://x/", fields: { name: p }, paging: { next: a, page: b } } }',
    'clients.json.paging',
    /one of next/,
  ],
  ['{ sql: { url: "postgres://x/y?ssl=true", query: "" } }', 'clients.sql.query', /at least 1/],
  ['{ file: a, every: 5s }', 'clients.every', /10s or more/],
  ['{ file: a, timeout: 1 }', 'clients.timeout', /30s, 15m/],
  ['{ file: a, maxSize: big }', 'clients.maxSize', /50 MB/],
  ['{ file: a, holdBelow: 7 }', 'clients.holdBelow', /%/],
])('%s', (clients, path, message) => {
  const answer = read(clients);
  expect(answer.ok ? [] : answer.errors.map((one) => one.path)).toEqual([path]);
  expect(answer.ok ? '' : answer.errors[0]?.message).toMatch(message);
});

const source = (address: string, insecure = '') =>
  /^http/.test(address)
    ? `{ url: "${address}"${insecure} }`
    : `{ sql: { url: "${address}", query: select }${insecure} }`;
test.each([
  ['http://files.example/c.csv', 'url', /https:\/\/; else insecure: true/],
  ['http://u:geheim@10.0.0.7/c.csv', 'url', /https:\/\/; else insecure: true.*found "http:\/\/u:…@10/],
  ['http://127.0.0.1.example/c.csv', 'url', /https:/],
  ['mysql://r:geheim@10.0.0.7/x', 'sql.url', /\?ssl=true; else insecure: true/],
  ['mysql://r@db/x?ssl=false', 'sql.url', /\?ssl=true/],
  ['mariadb://r@db/x?sslmode=preferred', 'sql.url', /\?ssl=true/],
  ['postgres://r:geheim@db/x', 'sql.url', /\?sslmode=verify-full; else insecure: true/],
  ['postgres://r@db/x?sslmode=disable', 'sql.url', /verify-full/],
  ['postgres://r@db/x?sslmode=prefer', 'sql.url', /verify-full/],
  ['postgres://r@db/x?sslmode=no-verify', 'sql.url', /verify-full/],
  ['postgres://r@db/x?sslmode=require&uselibpqcompat=true', 'sql.url', /verify-full/],
  ['postgres://r@localhost/x?host=db.example', 'sql.url', /verify-full/],
])('%s is not read over an open wire unless that is written', (address, path, message) => {
  const answer = read(source(address));
  expect(answer.ok ? [] : answer.errors.map((one) => one.path)).toEqual([`clients.${path}`]);
  expect(answer.ok ? '' : answer.errors[0]?.message).toMatch(message);
  expect(answer.ok ? '' : answer.errors[0]?.message).not.toContain('geheim');
  expect(read(source(address, ', insecure: true')).ok).toBe(true);
});

test.each([
  'http://localhost:8080/c.csv',
  'http://[::1]/c.csv',
  'https://files.example/c.csv',
  'mysql://r@127.0.0.1:3306/x',
  'mysql://r@db/x?ssl=true',
  'postgres://r@localhost/x',
  'postgres:///x?host=/var/run/postgresql',
  'postgres://r@localhost/x?host=/var/run/postgresql',
  'postgres://r@db/x?sslmode=verify-full',
  'postgresql://r@db/x?ssl=true',
])('%s is encrypted, or stays on this machine', (address) => expect(read(source(address)).ok).toBe(true));

test('the certificate of a database is named like any other', () => {
  expect(
    sources('{ name: x, ca: ca.pem, sql: { url: "postgres://r@db/x?sslmode=verify-full", query: q } }'),
  ).toMatchObject([{ reads: { kind: 'sql', ca: '/etc/letopis/ca.pem' } }]);
});
