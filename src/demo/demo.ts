import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kinds } from '../config.ts';
import { loadConfig } from '../config.ts';
import type { AnyConnector } from '../connector/index.ts';
import type { Clock } from '../core/time/clock.ts';
import { showTime } from '../core/time/wall-time.ts';
import { type Daemon, startDaemon } from '../daemon/daemon.ts';
import { daemonRoles } from '../daemon/roles.ts';
import { randomBytes } from '../ops/chance.ts';
import type { Logger } from '../ops/log.ts';
import { issueSignInLink } from '../prompt/sign-in.ts';
import { employeeByEmail } from '../store/access/sessions.ts';
import { page, type Route } from '../web/http/route.ts';
import { MailboxPage } from '../web/mailbox/mailbox-page.tsx';
import { type SimulatedExchange, startSimulatedExchange } from './exchange.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { morning } from './morning.ts';
import { writeOffice } from './office.ts';
import { makePostboxes, playPost } from './post.ts';

export interface Demo {
  /** A line of results; the prompts' links stand alone on theirs. */
  readonly out: (line: string) => void;
  /** What is going on, for the person who looks on. */
  readonly tell: (line: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Readonly<Record<string, AnyConnector>>;
  readonly kinds: Kinds;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Empty; everything of the demo is written there. */
  readonly folder: string;
  readonly language: string;
  readonly port: number;
}

/** Plays an office morning until `ended` resolves: a simulated exchange, the real daemon, a mailbox to look into. */
export async function playDemo(demo: Demo, ended: Promise<void>): Promise<void> {
  const { clock, log, folder, language, port, registry, kinds, env } = demo;
  const secret = randomBytes(16).toString('hex');
  const exchange = await startSimulatedExchange({
    username: 'letopis',
    secret,
    recordings: fileURLToPath(new URL('./recordings/', import.meta.url)),
    clock,
    chance: randomBytes,
  });
  makePostboxes(folder);
  const digestAt = showTime(new Date(clock.now().getTime() + digestAfterMs), zone);
  const file = writeOffice({ folder, language, webPort: port, amiPort: exchange.port, amiSecret: secret, digestAt });
  const read = loadConfig(file, { env, kinds });
  if (!read.ok) throw new Error(read.errors.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  const mailbox = createMailbox(clock.now, (mail, links) => {
    demo.tell(`mail to ${mail.to}: ${mail.subject}`);
    for (const link of links) demo.out(link);
  });
  const daemon = await startDaemon({
    config: read.config,
    registry,
    roles: daemonRoles,
    clock,
    log,
    mailer: mailbox,
    scratch: true,
    extraRoutes: () => [mailboxRoute(mailbox)],
  });
  try {
    await greet(demo, daemon);
    await Promise.race([ended, playMorning(demo, exchange).then(() => ended)]);
  } finally {
    await exchange.stop();
    await daemon.stop();
  }
}

async function greet({ out, tell, clock, log, folder }: Demo, { db, url }: Daemon): Promise<void> {
  if (url === null) return;
  out(`listening on ${url}`);
  out(`mailbox of the office: ${url}/mailbox`);
  const olena = await employeeByEmail(db, 'olena.koval@romashka.example');
  if (olena) {
    const link = await issueSignInLink({ db, clock, log, randomBytes, publicUrl: url }, olena.id, 12 * 60);
    out(`sign in as ${olena.name} (drafts, clients, live calls): ${link}`);
  }
  tell(`configuration: ${join(folder, 'letopis.yml')}; the first call is being made; Ctrl+C ends the demo`);
}

function mailboxRoute(mailbox: Mailbox): Route {
  return {
    method: 'GET',
    path: '/mailbox',
    auth: 'loopback',
    answer: async ({ view }) => page(MailboxPage({ mails: mailbox.mails, css: view.asset('letopis.css') })),
  };
}

/** Of the office that writeOffice writes. */
const zone = 'Europe/Kyiv';
/** The mails of the morning are asked about in one mail, a little later. */
const digestAfterMs = 150_000;

async function playMorning({ clock, tell, folder }: Demo, exchange: SimulatedExchange): Promise<void> {
  const signal = new AbortController().signal;
  const post = playPost(folder, clock, signal);
  const calls: Promise<unknown>[] = [];
  for (const { recording, afterMs, replace } of morning) {
    await clock.sleep(afterMs, signal);
    calls.push(exchange.play(recording, { replace }));
  }
  await Promise.all([...calls, post]);
  tell('the morning is over; the pages stay until Ctrl+C');
}
