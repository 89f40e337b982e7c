import { afterEach } from 'vitest';
import { Config } from '../../connectors/imap/config.ts';
import { imap } from '../../connectors/imap/connector.ts';
import type { Session } from '../../src/connector/index.ts';
import { Keeping } from '../../src/mailbox/kept.fixture.ts';
import { type ImapScript, imapPassword, imapUser, type ScriptedImap, startScriptedImap } from './scripted-imap.ts';
import { fastClock } from './session.ts';

const stops: (() => Promise<unknown>)[] = [];

/** To be called once by a file of tests: what a test started is stopped after it. */
export function stopAfterEach(): void {
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
}

export async function serverThat(script: ImapScript = {}): Promise<ScriptedImap> {
  const server = await startScriptedImap(script);
  stops.push(server.stop);
  return server;
}

export interface MailboxSession {
  readonly keeping: Keeping;
  /** Resolves when it listens, or has ended. */
  readonly listening: Promise<unknown>;
  /** What ended it; null: it returned. */
  readonly ended: Promise<unknown>;
  stop(): Promise<unknown>;
}

/** Options as IT would write them for a server on `port`. */
export function configFor(
  { port }: { readonly port: number },
  options: Readonly<Record<string, unknown>> = {},
): Config {
  const written = { host: '127.0.0.1', port, user: imapUser, auth: { password: imapPassword }, tls: 'none' };
  return Config.parse({ ...written, scope: 'all', poll: 5, ...options });
}

/** A session with a mailbox on `port`, ten times as fast as real time; what it keeps goes to `keeping`. */
export function listenTo(
  server: { readonly port: number },
  keeping = new Keeping(),
  options: Readonly<Record<string, unknown>> = {},
  through: (session: Session<Config>) => Session<Config> = (session) => session,
): MailboxSession {
  const config = configFor(server, options);
  let heard = () => {};
  const listening = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const session = keeping.session(config, { clock: fastClock(10), listening: () => heard() });
  const ended = imap.run(through(session)).then(
    () => null,
    (error: unknown) => error,
  );
  const stop = () => {
    session.stop();
    return ended;
  };
  stops.push(stop);
  return { keeping, listening: Promise.race([listening, ended]), ended, stop };
}
