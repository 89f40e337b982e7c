import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { jitter } from '../../ops/chance.ts';
import type { Logger } from '../../ops/log.ts';
import { storeFault } from './faults.ts';

interface Listening {
  readonly config: pg.ClientConfig;
  readonly channel: string;
  readonly onNotify: (payload: string) => void;
  readonly log: Logger;
}

/**
 * One connection of its own that listens, comes back after a loss, and asks for a sign of life every twenty seconds, because
 * a silently dead link tells nothing. What was notified in between is lost: NOTIFY wakes, it never carries the truth.
 */
export async function listenOn(listening: Listening): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  let client = await connect(listening);
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await untilLost(client, stopping.signal);
      await client.end().catch(() => {});
      if (!stopping.signal.aborted) client = await reconnect(listening, stopping.signal, client);
    }
  })();
  return async () => {
    stopping.abort();
    await loop;
  };
}

async function connect({ config, channel, onNotify }: Listening): Promise<pg.Client> {
  const client = new pg.Client(config);
  client.on('error', () => {}); // `end` follows and is what we wait for
  try {
    await client.connect();
    client.on('notification', (message) => onNotify(message.payload ?? ''));
    await client.query(`listen ${pg.escapeIdentifier(channel)}`);
  } catch (error) {
    await client.end().catch(() => {});
    throw storeFault(error);
  }
  return client;
}

async function reconnect(listening: Listening, signal: AbortSignal, old: pg.Client): Promise<pg.Client> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      return await connect(listening);
    } catch (err) {
      listening.log.warn({ err, channel: listening.channel, attempt }, 'store.listen_lost');
      await pause(jitter(Math.min(10_000, 200 * 2 ** attempt)), undefined, { signal }).catch(() => {});
    }
  }
  return old;
}

/** Resolves when the connection has ended, gives no sign of life, or `signal` aborts. */
function untilLost(client: pg.Client, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearInterval(heartbeat);
      client.removeListener('end', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const heartbeat = setInterval(() => client.query('select 1').catch(done), 20_000);
    client.on('end', done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
