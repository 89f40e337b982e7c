import { readdirSync, readFileSync } from 'node:fs';
import type { WebhookRequest } from '../../src/connector/index.ts';

const folder = new URL('./fixtures/', import.meta.url);

/** What the fixtures are signed with. */
export const fixtureSecret = 'fixture-secret';
export const fixtureNames: readonly string[] = readdirSync(folder).map((file) => file.replace(/\.http$/, ''));

/** A recorded request: request line, headers, an empty line, the body. */
export function fixtureRequest(name: string, receivedAt = new Date('2026-03-02T12:00:00Z')): WebhookRequest {
  const text = readFileSync(new URL(`${name}.http`, folder), 'utf8').replace(/\n$/, '');
  const [head = '', ...rest] = text.split('\n\n');
  const [line = '', ...headers] = head.split('\n');
  const address = new URL(line.split(' ')[1] ?? '', 'http://letopis.example');
  return {
    method: 'POST',
    path: address.pathname.split('/').slice(3).join('/'),
    query: Object.fromEntries(address.searchParams),
    headers: Object.fromEntries(
      headers.map((header) => [header.split(':')[0]?.toLowerCase(), header.slice(header.indexOf(':') + 1).trim()]),
    ),
    body: Buffer.from(rest.join('\n\n')),
    receivedAt,
    connector: 'cloud',
    exchange: 'cloud',
  };
}
