import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

/** One event as a receiver understands it. */
export interface Received {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly contact?: { readonly id: string }; readonly client?: { readonly id: string } };
  readonly accepted: boolean;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
export const Payload = z.strictObject({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.looseObject({
    contact: z.looseObject({ id: z.string() }).optional(),
    client: z.looseObject({ id: z.string() }).optional(),
  }),
});

/** What the receiver answers: a status, or how it goes wrong. */
export type Answer =
  | number
  | 'reset'
  | 'silence'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

/**
 * A receiver over real HTTP that believes nothing but a right signature, checked by the library of the Standard Webhooks
 * project; `answer` is asked for every event.
 */
export async function startReceiver(secret: string, answer: (received: Received) => Answer = () => 204) {
  const received: Received[] = [];
  const refused: string[] = [];
  const state = { answer };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => take(request, response, Buffer.concat(chunks).toString()));
  });
  const take = (request: IncomingMessage, response: ServerResponse, body: string) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    try {
      new Webhook(secret).verify(body, headers);
    } catch (error) {
      refused.push(String(error));
      response.writeHead(401).end();
      return;
    }
    const { type, timestamp, data } = Payload.parse(JSON.parse(body));
    const event = { id: headers['webhook-id'] ?? '', type, timestamp, data, headers: request.headers, body };
    const said = state.answer({ ...event, accepted: false } as Received);
    const status = typeof said === 'number' ? said : typeof said === 'object' ? said.status : 0;
    received.push({ ...event, accepted: status >= 200 && status < 300 } as Received);
    if (said === 'reset') request.socket.destroy();
    else if (said === 'silence') return;
    else if (typeof said === 'number') response.writeHead(said).end();
    else response.writeHead(said.status, said.headers).end(said.body);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    refused,
    state,
    /** Ids of what was accepted, each once, in the order of the first time. */
    accepted: () => [...new Set(received.filter((one) => one.accepted).map(({ id }) => id))],
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
