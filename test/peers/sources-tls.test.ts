import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { readSource } from '../../src/sources/reading/read.ts';
import { requestOf, sourceOf, webServer } from '../../src/sources/reading/source.fixture.ts';
import { describePeer } from '../kit/peer.ts';

describePeer('openssl', 'a source with a certificate of its own', (openssl) => {
  const folder = mkdtempSync(join(tmpdir(), 'letopis-tls-'));
  const [key, ca] = [join(folder, 'key.pem'), join(folder, 'ca.pem')];
  let server: https.Server;
  let url = '';
  let location: string | null = null;
  beforeAll(async () => {
    const words = `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${ca}`;
    execFileSync(openssl, words.split(' '), { stdio: 'ignore' });
    server = https.createServer({ key: readFileSync(key), cert: readFileSync(ca) }, (_request, response) => {
      if (location !== null) response.writeHead(302, { location });
      response.end('name\nAcme\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `https://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/clients.csv`;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const read = async (file: string | null) => {
    const source = sourceOf({ kind: 'url', ...requestOf(url, { ca: file }) });
    const error = await readSource({ source, region: null, known: null }).catch((thrown: unknown) => thrown);
    return error instanceof Fault ? error.code : 'read';
  };

  test('is refused, unless the certificate is named', async () => {
    expect(await read(null)).toBe('source.bad_certificate');
    expect(await read(ca)).toBe('read');
    expect(await read(join(folder, 'nothing.pem'))).toBe('source.bad_certificate');
  });

  test('so is a database’s: the login is said to nobody else', async () => {
    const heard: string[] = [];
    const database = net.createServer((socket) => {
      // What pg sends first asks for encryption; the rest is said inside of it.
      socket
        .on('error', () => {})
        .once('data', () => {
          socket.write('S');
          const inside = new tls.TLSSocket(socket, { isServer: true, key: readFileSync(key), cert: readFileSync(ca) });
          inside
            .on('error', () => {})
            .on('data', (bytes) => {
              heard.push(bytes.toString('latin1'));
              inside.destroy();
            });
        });
    });
    await new Promise<void>((resolve) => database.listen(0, '127.0.0.1', resolve));
    const address = database.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const ask = async (file: string | null) => {
      const at = `postgres://reader@127.0.0.1:${port}/trade?sslmode=verify-full`;
      const source = sourceOf({ kind: 'sql', url: at, query: 'select 1 as name', ca: file });
      const error = await readSource({ source, region: null, known: null }).catch((thrown: unknown) => thrown);
      return error instanceof Fault ? error.code : 'read';
    };
    expect([await ask(null), heard]).toEqual(['source.unreachable', []]);
    expect([await ask(ca), heard]).toEqual(['source.unreachable', [expect.stringContaining('reader')]]);
    database.close();
  });

  test('does not lead from https to http', async () => {
    const plain = await webServer();
    plain.says('name\nEvil\n', 'text/csv');
    location = plain.url;
    expect(await read(ca)).toBe('source.redirects');
    expect(plain.asked).toEqual([]);
    await plain.close();
  });
});
