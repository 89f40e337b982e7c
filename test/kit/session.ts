import { pino } from 'pino';
import type { Office, Ringing, Session, SessionConnector } from '../../src/connector/index.ts';
import type { CallFacts } from '../../src/core/contact/call.ts';
import { CaptureFacts } from '../../src/core/contact/capture-json.ts';
import type { Clock } from '../../src/core/time/clock.ts';
import type { Mails } from '../../src/daemon/mails.ts';
import type { MailOfficeOptions } from '../../src/mail/index.ts';
import { jitter, newId } from '../../src/ops/chance.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { acquireLease, type Db, sql } from '../../src/store/index.ts';
import { countPosted } from '../../src/store/intake/posted.ts';
import { openSession } from '../../src/supervisor/session.ts';
import { testMails } from './mails.ts';
import { officeMail } from './office-mail.ts';

export const office: Office = {
  extensions: /^\d{2,5}$/,
  isColleague: () => false,
  mail: officeMail,
};

export interface SessionOptions<Config> {
  /** The connector's name in YAML: its position, journal and lease hang on it. */
  readonly name: string;
  readonly clock?: Clock;
  /** Who the office is to a mail; default: the one of the tests. */
  readonly mail?: MailOfficeOptions;
  /** An intake that stays open; default: one of the session's own. */
  readonly mails?: Mails;
  /** Puts something between the connector and the program: a slow disk, a counter. */
  readonly through?: (session: Session<Config>) => Session<Config>;
}

export interface RunningSession {
  /** Resolves when the connector says that it listens; rejects with what ended it before. */
  readonly listening: Promise<void>;
  /** What ended it; null: it returned. */
  readonly ended: Promise<unknown>;
  readonly announced: readonly Ringing[];
  /** Lines of the log, as fields. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  /** Aborts it. @returns milliseconds until it had returned */
  stop(): Promise<number>;
  /** What kill -9 does: from now on nothing it writes reaches the database, and it gets no answer. */
  kill(): void;
}

/** One session of a connector on real tables, opened as the supervisor opens it but never repeated. */
export async function startSession<Config>(
  db: Db,
  connector: SessionConnector<Config>,
  config: Config,
  options: SessionOptions<Config>,
): Promise<RunningSession> {
  const { name, clock = systemClock, mail = officeMail, through = (session) => session } = options;
  const stopping = new AbortController();
  const announced: Ringing[] = [];
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const lease = await acquireLease(db, name, 'test', 600_000);
  if (!lease) throw new Error(`${name} is held by another process`);
  const life = new Life();
  let heard = () => {};
  let ended: Promise<unknown> = Promise.resolve();
  const listening = new Promise<void>((resolve, reject) => {
    heard = resolve;
    queueMicrotask(() => void ended.then((error) => reject(error ?? new Error('ended before it listened'))));
  });
  listening.catch(() => {});
  const rules = connector.mail === undefined ? {} : { [name]: connector.mail(config) };
  const mails = options.mails ?? testMails(db, { office: mail, rules });
  const deps = {
    db,
    mails,
    clock,
    log,
    newId,
    jitter,
    holder: 'test',
    registry: {},
    office: { ...office, mail },
    officeRegion: 'RU',
    kick: () => {},
    announce: (_connector: string, ringing: Ringing) => void announced.push(ringing),
    metrics: createMetrics(),
  };
  const configured = { name, kind: connector.kind, exchange: name, region: null, options: config };
  const opened = openSession(deps, configured, lease, stopping.signal, heard);
  ended = connector.run(life.through(through({ ...opened, config }))).then(
    () => null,
    (error: unknown) => error,
  );
  void ended
    .then(() => stopping.abort(new Error('the session has ended')))
    .then(options.mails ? () => {} : mails.close);
  return {
    listening,
    ended,
    announced,
    logged,
    async stop() {
      const since = performance.now();
      stopping.abort(new Error('stopped'));
      await ended;
      return performance.now() - since;
    },
    kill() {
      life.end();
      stopping.abort(new Error('killed'));
    },
  };
}

/** A killed process asks for nothing any more, and nobody answers it. */
class Life {
  #over = false;

  end(): void {
    this.#over = true;
  }

  through<Config>(session: Session<Config>): Session<Config> {
    const { journal } = session;
    const alive =
      <Arguments extends readonly unknown[], Result>(work: (...given: Arguments) => Promise<Result>) =>
      (...given: Arguments): Promise<Result> =>
        this.#over ? new Promise<Result>(() => {}) : work(...given);
    return {
      ...session,
      emit: alive(session.emit),
      gap: alive(session.gap),
      setAside: alive(session.setAside),
      keep: alive(session.keep),
      knows: alive(session.knows),
      exclusions: alive(session.exclusions),
      position: alive(session.position),
      journal: { append: alive(journal.append), replay: alive(journal.replay), forget: alive(journal.forget) },
    };
  }
}

/** Time that runs `speed` times as fast as the machine's, from `start` on. */
export function fastClock(speed: number, startAt = systemClock.now()): Clock {
  const start = startAt.getTime();
  const began = systemClock.monotonicMs();
  return {
    now: () => new Date(start + (systemClock.monotonicMs() - began) * speed),
    monotonicMs: () => systemClock.monotonicMs() * speed,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  };
}

/** The calls that stand as contacts of this connector, in order of start. */
export async function contactsOf(db: Db, connector: string, since = new Date(0)): Promise<CallFacts[]> {
  const rows = await db.rows<{ facts: unknown }>(sql`
    select facts from contact
     where connector = ${connector} and merged_into is null and created_at >= ${since}
     order by started_at, id`);
  return rows.flatMap(({ facts }) => {
    const { details } = CaptureFacts.parse(facts);
    return details.channel === 'call' ? [details.call] : [];
  });
}

/** How many rows of each this connector has stored. */
export async function storedBy(
  db: Db,
  connector: string,
): Promise<{ captures: number; journal: number; gaps: number }> {
  const [row] = await db.rows<{ captures: number; journal: number; gaps: number }>(sql`
    select (select count(*)::int from capture where connector = ${connector}) as captures,
           (select count(*)::int from journal where connector = ${connector}) as journal,
           (select count(*)::int from gap where connector = ${connector}) as gaps`);
  return row ?? { captures: 0, journal: 0, gaps: 0 };
}

/** The one who owns drafts until assign has decided; contacts cannot be stored without. */
export async function addDuty(db: Db): Promise<void> {
  await db.rows(sql`insert into employee (key, name, is_duty) values ('duty', 'Duty', true)`);
}

/** Asks every 20 ms until the answer is no more undefined or false. */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  ms = 8000,
): Promise<T> {
  for (const until = performance.now() + ms; ; ) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > until) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Until all that sources posted has become contacts. */
export async function untilTakenIn(db: Db): Promise<void> {
  await eventually('all that was posted to be taken in', async () => (await countPosted(db)) === 0);
}
