import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../core/fault.ts';
import { readSource } from './read.ts';
import { jsonOf, requestOf, sourceOf, webServer } from './source.fixture.ts';
import type { Source } from './source.ts';

const server = await webServer();
const other = await webServer();
const folder = mkdtempSync(join(tmpdir(), 'letopis-sources-'));
afterAll(async () => {
  await Promise.all([server.close(), other.close()]);
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  server.asked.length = 0;
  other.asked.length = 0;
});

const read = async (source: Source) => {
  const answer = await readSource({ source, region: 'UA', known: null });
  if (answer === 'same') throw new Error('the same as what?');
  return answer;
};
const names = async (source: Source) => (await read(source)).rows.map(({ name }) => name);
const fault = async (source: Source) => {
  const error = await readSource({ source, region: 'UA', known: null }).then(
    () => new Error('it was read'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Fault)) throw error;
  return { code: error.code, remedy: error.remedy, facts: error.facts };
};
const csv = (url = server.url, more: Partial<Source> = {}) => sourceOf({ kind: 'url', ...requestOf(url) }, more);
const json = (more: Parameters<typeof jsonOf>[1] = {}, of: Partial<Source> = {}) =>
  sourceOf(jsonOf(`${server.url}/api`, more), of);

describe('CSV', () => {
  test('from an address, in the code page of the office program, packed', async () => {
    const text = 'Код;Название;Телефон\n17;ООО "Ромашка";044 123-45-67\n18;Акме;\n';
    server.answers((_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync(iconv.encode(text, 'win1251')));
    });
    const { rows, format } = await read(csv(server.url, { key: 'Код' }));
    expect(format).toEqual({ encoding: 'windows-1251', delimiter: ';' });
    expect(rows.map(({ key, name, points }) => [key, name, points.map(({ address }) => address)])).toEqual([
      ['17', 'ООО "Ромашка"', ['+380441234567']],
      ['18', 'Акме', []],
    ]);
  });

  test.each(['win1251', 'cp866', 'koi8-r'])('is read in %s', async (page) => {
    const file = join(folder, `${page}.csv`);
    writeFileSync(file, iconv.encode('Название;Контакт\nСеверный ветер;Иван Петров\nУралмаш;Пётр Иванов\n', page));
    expect(await names(sourceOf({ kind: 'file', file }))).toEqual(['Северный ветер', 'Уралмаш']);
  });

  test('two clients with one key: the second is told, and left out', async () => {
    server.says('id,name,phone\n7,Acme,0441234567\n7,Zorg,0441234568\n7,ACME,0441234569\n', 'text/csv');
    const { rows, rejected } = await read(csv(server.url, { key: 'id' }));
    expect(rows.map(({ key, name, points }) => [key, name, points.length])).toEqual([['7', 'Acme', 2]]);
    expect(rejected).toEqual([
      { line: 3, column: null, value: 'Zorg', reason: 'the key 7 is that of Acme in line 2 already' },
    ]);
  });

  test('an e-mail in the column of numbers, a row with a field too many', async () => {
    server.says('name,phone\nAcme,ann@acme.example\nZorg,044,1234567\n', 'text/csv');
    const { rows, rejected } = await read(csv());
    expect(rows.map(({ name, points }) => [name, points.length])).toEqual([['Acme', 0]]);
    expect(rejected.map(({ line, column }) => [line, column])).toEqual([
      [2, 'phone'],
      [3, null],
    ]);
  });

  test('a quote that is not closed: the place, nothing else', async () => {
    const file = join(folder, 'quote.csv');
    writeFileSync(file, iconv.encode('Название\nРомашка\n"Акме\n', 'win1251'));
    expect(await fault(sourceOf({ kind: 'file', file }))).toMatchObject({
      code: 'directory.broken_csv',
      facts: { place: `${file}:3`, cure: expect.stringContaining('close the quote') },
    });
  });
});

describe('JSON', () => {
  test('a mapping with lists, people and ids of 18 digits', async () => {
    server.says(
      '{"data":{"list":[{"id":900719925474099312,"title":"Acme","phones":[{"n":"0441234567"},{"n":"0441234568"}],"mail":["a@acme.example"],"staff":[{"fio":"Ann","cell":"0501234567"},{"fio":"Bob","mail":"bob@acme.example"}]},{"id":2,"title":"Zorg","staff":[]}]}}',
    );
    const { rows } = await read(
      json(
        {
          items: 'data.list',
          fields: { name: ['title'], phone: ['phones.*.n'], email: ['mail'] },
          people: { items: 'staff', fields: { person: ['fio'], phone: ['cell'], email: ['mail'] } },
        },
        { key: 'id' },
      ),
    );
    expect(
      rows.map(({ key, name, people, points }) => ({
        key,
        name,
        people,
        points: points.map((p) => `${p.person} ${p.address}`),
      })),
    ).toEqual([
      {
        key: '900719925474099312',
        name: 'Acme',
        people: ['Ann', 'Bob'],
        points: [
          'null +380441234567',
          'null +380441234568',
          'null a@acme.example',
          'Ann +380501234567',
          'Bob bob@acme.example',
        ],
      },
      { key: '2', name: 'Zorg', people: [], points: [] },
    ]);
  });

  test('all pages, with our headers on each', async () => {
    server.answers((request, response) => {
      const page = Number(new URL(request.url ?? '', server.url).searchParams.get('page'));
      response.end(JSON.stringify(page > 3 ? [] : [{ name: `A${page}` }, { name: `B${page}` }]));
    });
    const headers = { Authorization: 'Bearer geheim' };
    const paging = { by: 'page', page: 'page', first: 1, in: 'query' } as const;
    expect(await names(json({ headers, paging }))).toEqual(['A1', 'B1', 'A2', 'B2', 'A3', 'B3']);
    expect(server.asked.map((one) => one.headers.authorization)).toEqual(Array(4).fill('Bearer geheim'));
  });

  test('pages that do not end are told', async () => {
    server.says('[{"name":"A"}]');
    const paging = { by: 'page', page: 'p', first: 1, in: 'query' } as const;
    expect(await fault(json({ paging }))).toMatchObject({ code: 'source.paging', remedy: 'reconfigure' });
  });

  test('a page in the middle that fails: nothing at all', async () => {
    server.answers((request, response) => {
      response.statusCode = request.url?.includes('p=2') ? 500 : 200;
      response.end('[{"name":"A"}]');
    });
    const paging = { by: 'page', page: 'p', first: 1, in: 'query' } as const;
    expect(await fault(json({ paging }))).toMatchObject({
      code: 'source.answered_error',
      remedy: 'retry',
      facts: { status: 500 },
    });
  });

  test.each([
    ['a web page', '<!DOCTYPE html><title>Login</title>', {}, 'source.not_json', 'retry', /a web page.*Login/],
    ['half a body', '[{"name":"A"},{"na', {}, 'source.not_json', 'retry', /breaks off/],
    [
      'another place of the list',
      '{"error":"limit"}',
      { items: 'data' },
      'source.nothing_found',
      'reconfigure',
      /"found":"error"/,
    ],
    ['another name of the name', '[{"title":"A"}]', {}, 'source.nothing_found', 'reconfigure', /"found":"title"/],
    ['no list', '{"a":1}', {}, 'source.nothing_found', 'reconfigure', /items:/],
    ['a mere text', '"soon"', {}, 'source.nothing_found', 'reconfigure', /string/],
  ] as const)('%s', async (_story, text, more, code, remedy, expected) => {
    server.says(text);
    const told = await fault(json(more));
    expect([told.code, told.remedy]).toEqual([code, remedy]);
    expect(JSON.stringify(told.facts)).toMatch(expected);
    expect(told.facts).toMatchObject({ place: `${server.url}/api`, cure: expect.any(String) });
  });
});

describe('the line', () => {
  test.each([
    [401, 'reconfigure', /token/],
    [404, 'reconfigure', /address/],
    [429, 'retry', /by itself/],
    [503, 'retry', /by itself/],
  ] as const)('%i', async (status, remedy, cure) => {
    server.answers((_request, response) => response.writeHead(status, { 'retry-after': '7' }).end('no'));
    const told = await fault(json());
    expect([told.code, told.remedy]).toEqual(['source.answered_error', remedy]);
    expect(told.facts['cure']).toMatch(cure);
    expect(told.facts).toMatchObject({ status, said: 'no', retryAfter: '7' });
  });

  test('it answers nothing: told when and at what', async () => {
    server.answers(() => {});
    expect(await fault(json({}, { timeoutMs: 200 }))).toMatchObject({
      code: 'source.timed_out',
      remedy: 'retry',
      facts: { while: 'waiting for the answer', after: '0.2 s' },
    });
  });

  test('it trickles', async () => {
    server.answers((_request, response) => {
      response.write('[');
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    expect(await fault(json({}, { timeoutMs: 300 }))).toMatchObject({
      code: 'source.timed_out',
      facts: { while: 'reading the answer' },
    });
  });

  test('less than it announced', async () => {
    server.answers((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('name\nAcme\n');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await fault(csv())).toMatchObject({ code: 'source.cut_short', remedy: 'retry' });
  });

  test('packed, and cut in the middle', async () => {
    const packed = gzipSync(`name\n${'Acme\n'.repeat(1000)}`);
    server.answers((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(packed.subarray(0, packed.length - 10));
    });
    expect(await fault(csv())).toMatchObject({ code: 'source.cut_short', remedy: 'retry' });
  });

  test('a hundred megabytes, also packed into a few', async () => {
    server.answers((_request, response) => {
      const piece = Buffer.alloc(1_000_000, 'x');
      for (let i = 0; i < 100; i += 1) response.write(piece);
      response.end();
    });
    expect(await fault(csv())).toMatchObject({ code: 'source.too_large', facts: { most: '5 MB' } });
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    server.answers((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect(await fault(csv())).toMatchObject({ code: 'source.too_large' });
  });

  test('nobody there', async () => {
    expect(await fault(csv('http://127.0.0.1:9/x?token=geheim'))).toMatchObject({
      code: 'source.unreachable',
      facts: { place: 'http://127.0.0.1:9/x', found: 'ECONNREFUSED' },
    });
  });

  test('something that speaks no HTTP', async () => {
    const odd = net.createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    const address = odd.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await fault(csv(`http://127.0.0.1:${port}/`))).toMatchObject({ code: 'source.unreachable' });
    odd.close();
  });

  test('redirects: followed to hosts that are named, but not round in circles; a token stays with whom it is for', async () => {
    other.says('name\nAcme\n', 'text/csv');
    server.answers((_request, response) => response.writeHead(302, { location: `${other.url}/there` }).end());
    const headers = { authorization: 'Bearer geheim' };
    const source = sourceOf({ kind: 'url', ...requestOf(server.url, { headers, hosts: ['127.0.0.1'] }) });
    expect(await names(source)).toEqual(['Acme']);
    expect(server.asked[0]?.headers.authorization).toBe('Bearer geheim');
    expect(other.asked.map(({ url, headers }) => [url, headers.authorization])).toEqual([['/there', undefined]]);
    server.answers((_request, response) => response.writeHead(302, { location: '/again' }).end());
    expect(await fault(source)).toMatchObject({ code: 'source.redirects' });
    server.answers((_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end());
    expect(await fault(source)).toMatchObject({ code: 'source.redirects' });
  });

  test.each([
    ['another port of the same host, its own services', [], () => other.url],
    ['another name of it', ['*.example', 'files.example'], () => other.url.replace('127.0.0.1', 'localhost')],
    ['the end of a name, but not below it', ['*.example'], () => 'http://evilexample/'],
    ['https of another port', [], () => 'https://127.0.0.1:6443/'],
    ['a number that is a link-local address', [], () => 'http://2852039166/latest/meta-data'],
  ])('redirects: not to %s', async (_story, hosts, to) => {
    other.asked.length = 0;
    server.answers((_request, response) => response.writeHead(307, { location: to() }).end('name\nEvil\n'));
    expect(await fault(sourceOf({ kind: 'url', ...requestOf(server.url, { hosts }) }))).toMatchObject({
      code: 'source.redirects',
      remedy: 'reconfigure',
      facts: { cure: expect.stringMatching(/^it sends to .*: write that address, or name the host in hosts:$/) },
    });
    expect(other.asked).toEqual([]);
  });

  test('link-local addresses, where clouds keep their credentials, are never asked, even if they are named', async () => {
    for (const host of ['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]']) {
      const told = { code: 'source.unreachable', facts: { found: expect.stringContaining('link-local') } };
      expect(await fault(csv(`http://${host}/`))).toMatchObject(told);
      server.answers((_request, response) => response.writeHead(302, { location: `http://${host}/` }).end());
      const hosts = [new URL(`http://${host}`).hostname];
      expect(await fault(sourceOf({ kind: 'url', ...requestOf(server.url, { hosts }) }))).toMatchObject(told);
    }
  });
});

test('the same words are not read twice; another mapping reads them anew', async () => {
  server.says('name\nAcme\n', 'text/csv');
  const { fingerprint } = await read(csv());
  expect(await readSource({ source: csv(), region: 'UA', known: fingerprint })).toBe('same');
  expect(await readSource({ source: csv(), region: 'PL', known: fingerprint })).not.toBe('same');
  expect(await readSource({ source: csv(server.url, { key: 'name' }), region: 'UA', known: fingerprint })).not.toBe(
    'same',
  );
});
