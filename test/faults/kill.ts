import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type SimulatedExchange, startSimulatedExchange } from '../../src/demo/exchange.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { type Store, sql } from '../../src/store/index.ts';
import { lookInto } from '../kit/look-into.ts';
import { type MailServer, startMailServer } from '../kit/mail-server.ts';
import { amiSecret, makeOfficeFolder, type OfficeFolder } from '../kit/office-folder.ts';
import { type Program, startProgram } from '../kit/program.ts';
import { folder as recordingsFolder, seeded, type ToldRecording, toldRecordings } from '../kit/told-calls.ts';
import { compare, readRecorded, type Verdict } from './kill-check.ts';
import { Heard, progressOf } from './kill-ledger.ts';

export interface KillOptions {
  readonly rounds: number;
  readonly seed: number;
  /** In every how many rounds PostgreSQL is killed too, under the living daemon; 0: never. */
  readonly postgresEvery?: number;
  /** How long before the kill a message must have been written to count as heard. */
  readonly safeMs?: number;
  readonly inFlight?: number;
  /** Waits until every owner was asked: a worker that was killed while it sent leaves its prompt claimed for 90 s. */
  readonly patient?: boolean;
  readonly tell?: (line: string) => void;
}

export interface KillReport extends Verdict {
  readonly kills: number;
  readonly postgresKills: number;
  readonly played: number;
  readonly mustBeRecorded: number;
  readonly minutes: number;
  /** From the kill to the next session with the exchange, milliseconds, sorted. */
  readonly backAfterMs: readonly number[];
  readonly mails: number;
  /** Mails that came twice, under one Message-ID: accepted, and the sender killed before it could note that. */
  readonly mailsTwice: number;
}

export const speed = 20;
const connector = 'pbx';
/** It starts in one second; so that half of the kills hit calls and half the start. */
const longestLifeMs = 3500;

/** kill -9 at random moments of recorded calls; at the end the database must hold every call that was heard, once. */
export async function killRounds(options: KillOptions): Promise<KillReport> {
  const office = makeOfficeFolder();
  const smtp = await startMailServer();
  const exchange = await startSimulatedExchange({
    username: 'letopis',
    secret: amiSecret,
    recordings: recordingsFolder,
    speed,
    clock: systemClock,
    chance: randomBytes,
  });
  office.write({
    smtp: smtp.url,
    trunks: [{ name: connector, port: exchange.port }],
    extensions: extensionsInYaml,
    more: 'log: { level: info }',
  });
  const run = new Run(options, office, smtp, exchange);
  try {
    return await run.all();
  } finally {
    await run.end();
    await Promise.all([exchange.stop(), smtp.close()]);
    office.remove();
  }
}

const extensionsInYaml = '^\\\\d{2,5}$';

class Run {
  readonly #options: Required<KillOptions>;
  readonly #office: OfficeFolder;
  readonly #smtp: MailServer;
  readonly #exchange: SimulatedExchange;
  readonly #chance: () => number;
  readonly #recordings: readonly ToldRecording[] = toldRecordings();
  readonly #heard = new Heard(this.#recordings);
  readonly #backAfterMs: number[] = [];
  #daemon: Program | null = null;
  #playing = true;
  #postgresKills = 0;
  #number = 0;

  constructor(options: KillOptions, office: OfficeFolder, smtp: MailServer, exchange: SimulatedExchange) {
    this.#options = { postgresEvery: 0, safeMs: 250, inFlight: 5, patient: false, tell: () => {}, ...options };
    this.#office = office;
    this.#smtp = smtp;
    this.#exchange = exchange;
    this.#chance = seeded(options.seed);
  }

  async all(): Promise<KillReport> {
    const { rounds, inFlight, tell } = this.#options;
    await this.#firstStart();
    const since = performance.now();
    const callers = Array.from({ length: inFlight }, () => this.#keepCalling());
    let before = progressOf(this.#exchange.ledger());
    for (let round = 1; round <= rounds; round++) {
      before = await this.#oneRound(round, before);
      if (round % 20 === 0) tell(`${round} kills, ${this.#exchange.ledger().length} calls`);
    }
    const minutes = (performance.now() - since) / 60_000;
    this.#playing = false;
    await Promise.all(callers);
    this.#heard.add(this.#exchange.ledger(), before, progressOf(this.#exchange.ledger()));
    tell('all calls are over; waiting until everything is recorded and asked');
    return this.#report(minutes);
  }

  async end(): Promise<void> {
    this.#playing = false;
    if (this.#daemon?.ended === null) await this.#daemon.end('SIGTERM', 30_000);
  }

  /** Makes the database; nothing is killed before it stands. */
  async #firstStart(): Promise<void> {
    const daemon = this.#start();
    await daemon.logged('ami.session_opened', undefined, { withinMs: 60_000 });
    await daemon.end();
    this.#start();
  }

  #start(): Program {
    const since = performance.now();
    const daemon = startProgram(['run', '--config', this.#office.file]);
    this.#daemon = daemon;
    daemon.logged('ami.session_opened', undefined, { withinMs: 60_000 }).then(
      () => this.#backAfterMs.push(performance.now() - since),
      () => {}, // killed before
    );
    return daemon;
  }

  /** @returns how far the calls were when the daemon was killed */
  async #oneRound(round: number, before: ReturnType<typeof progressOf>) {
    const { postgresEvery, safeMs } = this.#options;
    const daemon = this.#daemon;
    if (daemon === null) throw new Error('no daemon runs');
    await pause(this.#chance() * longestLifeMs);
    if (postgresEvery > 0 && round % postgresEvery === 0) await this.#killPostgres(daemon);
    if (daemon.ended !== null)
      throw new Error(`the daemon ended by itself: ${daemon.ended}\n${daemon.said.join('\n')}`);
    const safe = progressOf(this.#exchange.ledger());
    await pause(safeMs);
    await daemon.end('SIGKILL');
    this.#heard.add(this.#exchange.ledger(), before, safe);
    this.#start();
    await pause(20); // until the exchange has noticed too
    return progressOf(this.#exchange.ledger());
  }

  async #killPostgres(daemon: Program): Promise<void> {
    await daemon.logged('ami.session_opened', undefined, { withinMs: 30_000 });
    await pause(this.#chance() * 1000);
    const pidFile = join(this.#office.dataDir, 'postgres/cluster/postmaster.pid');
    process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL');
    this.#postgresKills++;
    await this.#withStore((store) => store.db.rows(sql`select 1`));
    await pause(2000); // the longest the daemon waits between two tries by then
  }

  async #withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
    for (const since = performance.now(); ; await pause(100)) {
      try {
        const store = await lookInto(this.#office.dataDir);
        return await work(store).finally(() => store.close());
      } catch (error) {
        if (performance.now() - since > 20_000) throw error;
      }
    }
  }

  async #keepCalling(): Promise<void> {
    while (this.#playing) {
      const told = this.#recordings[Math.floor(this.#chance() * this.#recordings.length)];
      // every call from and to a number of its own: two calls must not look like one that came back over the trunk
      const number = `38067${String(++this.#number).padStart(7, '0')}`;
      const replace = { '79031112233': number, '79161234567': number };
      await this.#exchange.play(told?.name ?? '', { replace });
      await pause(this.#chance() * 150);
    }
  }

  async #report(minutes: number): Promise<KillReport> {
    const ledger = this.#exchange.ledger();
    const expected = this.#heard.expected(ledger);
    const verdict = await this.#untilSettled(() =>
      this.#withStore(async ({ db }) => compare(connector, expected, await readRecorded(db))),
    );
    const ids = this.#smtp.mails.map(({ messageId }) => messageId);
    return {
      ...verdict,
      wrong: [
        ...verdict.wrong,
        ...this.#twoLinks(),
        ...(this.#options.patient && verdict.waiting > 0 ? [`${verdict.waiting} owners were never asked`] : []),
      ],
      kills: this.#options.rounds,
      postgresKills: this.#postgresKills,
      played: ledger.length,
      mustBeRecorded: expected.filter((call) => call.mustBeRecorded && call.facts.direction !== 'internal').length,
      minutes,
      backAfterMs: this.#backAfterMs.toSorted((a, b) => a - b),
      mails: ids.length,
      mailsTwice: ids.length - new Set(ids).size,
    };
  }

  async #untilSettled(look: () => Promise<Verdict>): Promise<Verdict> {
    const { patient, tell } = this.#options;
    await pause(3000);
    for (const since = performance.now(); ; await pause(1000)) {
      const verdict = await look();
      const seconds = (performance.now() - since) / 1000;
      const isDone = verdict.wrong.length === 0 && (verdict.waiting === 0 || !patient);
      if (isDone || seconds > (patient ? 150 : 20)) {
        tell(`settled after ${Math.round(seconds + 3)} s, ${verdict.waiting} drafts still to be asked`);
        return verdict;
      }
    }
  }

  /** One mail may come twice, never two different ones about the same contact. */
  #twoLinks(): string[] {
    const tokens = new Map<string, Set<string>>();
    for (const { messageId, links } of this.#smtp.mails) {
      const token = links[0]?.replace(/^.*\/d\//, '') ?? '';
      tokens.set(messageId, (tokens.get(messageId) ?? new Set()).add(token));
    }
    return [...tokens].filter(([, { size }]) => size > 1).map(([id]) => `${id}: two mails with different links`);
  }
}

/** The report as lines for a person. */
export function linesOf(report: KillReport): string[] {
  const at = (share: number) => Math.round(report.backAfterMs[Math.floor(report.backAfterMs.length * share)] ?? 0);
  const perMinute = (report.kills / report.minutes).toFixed(1);
  return [
    `${report.kills} kills of the daemon, ${report.postgresKills} of PostgreSQL: ${perMinute} a minute`,
    `${report.played} calls played, ${report.mustBeRecorded} heard of; ${report.recorded} contacts, ` +
      `${report.inGaps} calls in gaps, ${report.torn} torn in two by a gap`,
    `${report.mails} mails, ${report.mailsTwice} of them a second time; back after ${at(0.5)} ms (median), ${at(0.99)} ms (p99)`,
    ...report.wrong.map((text) => `WRONG ${text}`),
  ];
}
