import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ReadWish, readSource } from './read.ts';
import type { Reading } from './reading.ts';
import type { HttpRequest, JsonReads, Reads, Source } from './source.ts';

/** A source as configured with nothing but what it reads. */
export function sourceOf(reads: Reads, more: Partial<Source> = {}): Source {
  return {
    name: 'crm',
    reads,
    columns: {},
    key: null,
    everyMs: 900_000,
    timeoutMs: 2000,
    maxBytes: 5_000_000,
    hold: { below: 0.7, fewer: 20 },
    ...more,
  };
}

export function requestOf(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { url, method: 'GET', headers: {}, body: null, ca: null, hosts: [], ...more };
}

export function jsonOf(url: string, more: Partial<JsonReads> = {}): Reads {
  const fields = { name: ['name'], phone: ['phone'], email: ['email'] };
  return { kind: 'json', ...requestOf(url), items: '', fields, people: null, paging: null, ...more };
}

/** A reading without a thread. */
export async function readHere(wish: ReadWish): Promise<Reading | null> {
  const read = await readSource(wish);
  if (read === 'same') return null;
  const { rows, ...told } = read;
  return {
    ...told,
    count: rows.length,
    async *batches() {
      for (let from = 0; from < rows.length; from += 2) yield rows.slice(from, from + 2);
    },
    close: async () => {},
  };
}

/** A web server on loopback whose answers a test writes. */
export async function webServer() {
  let answer: (request: IncomingMessage, response: ServerResponse, body: string) => void = (_request, response) => {
    response.end('[]');
  };
  const asked: { readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      asked.push({ url: request.url ?? '', headers: request.headers, body });
      answer(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    answers(next: typeof answer) {
      answer = next;
    },
    says(text: string | Buffer, type = 'application/json') {
      answer = (_request, response) => {
        response.setHeader('content-type', type);
        response.end(text);
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
