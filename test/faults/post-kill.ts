import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from '../../src/store/index.ts';
import { lookInto } from '../kit/look-into.ts';
import { makeOfficeFolder, type OfficeFolder } from '../kit/office-folder.ts';
import { type Program, startProgram } from '../kit/program.ts';
import { seeded } from '../kit/told-calls.ts';

export interface PostKillOptions {
  readonly seed: number;
  readonly kills: number;
  /** Exchanges that post at the same time. */
  readonly sources: number;
}

export interface PostKillReport {
  /** Calls whose post was answered with success, in order. */
  readonly acknowledged: readonly string[];
  /** Calls of which a contact speaks, in order; one of which two speak stands there twice. */
  readonly found: readonly string[];
  /** Posts that got no answer, or one that asks to come again. */
  readonly unanswered: number;
}

const token = 'shared-secret';
/** It starts in a second; so that most of the kills hit posts. */
const longestLifeMs = 2500;

/**
 * Many exchanges post at the same time; the daemon is killed at random moments, and PostgreSQL with every third of its lives.
 * Each exchange posts a call until it is told that it was taken, as they do, and every third of them once more.
 */
export async function killWhileSourcesPost({ seed, kills, sources }: PostKillOptions): Promise<PostKillReport> {
  const office = makeOfficeFolder();
  office.write({
    smtp: 'smtp://127.0.0.1:9',
    trunks: [],
    connectors: [`{ name: pbx, kind: pbx-webhook, secret: ${token} }`],
  });
  const chance = seeded(seed);
  const posting = new Posting(sources);
  let daemon: Program | null = null;
  try {
    for (let kill = 0; kill < kills; kill++) {
      daemon = await start(office, posting);
      await pause(chance() * longestLifeMs);
      if (kill % 3 === 2) {
        killPostgres(office);
        await pause(chance() * 300);
      }
      await daemon.end('SIGKILL');
    }
    daemon = await start(office, posting);
    await posting.stop();
    return { ...posting.report(), found: await foundIn(office) };
  } finally {
    await posting.stop();
    if (daemon?.ended === null) await daemon.end('SIGTERM', 30_000);
    office.remove();
  }
}

async function start(office: OfficeFolder, posting: Posting): Promise<Program> {
  const daemon = startProgram(['run', '--config', office.file]);
  const [, url = ''] = await daemon.line(/^listening on (\S+?)\/?$/, 60_000);
  posting.url = url;
  return daemon;
}

function killPostgres({ dataDir }: OfficeFolder): void {
  const pidFile = join(dataDir, 'postgres/cluster/postmaster.pid');
  process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL');
}

/** The exchanges. */
class Posting {
  /** Where the daemon of the moment listens. */
  url = '';
  readonly #acknowledged: string[] = [];
  readonly #sources: readonly Promise<void>[];
  #unanswered = 0;
  #isOver = false;

  constructor(sources: number) {
    this.#sources = Array.from({ length: sources }, (_, i) => this.#source(i));
  }

  /** Resolves when each has got rid of the call it has in hand. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#sources);
  }

  report(): Pick<PostKillReport, 'acknowledged' | 'unanswered'> {
    return { acknowledged: this.#acknowledged.toSorted(), unanswered: this.#unanswered };
  }

  async #source(source: number): Promise<void> {
    for (let n = 0; !this.#isOver; n++) {
      const id = `${source}-${n}`;
      const number = `067${String(source * 100_000 + n).padStart(7, '0')}`;
      await this.#untilTaken(id, number);
      this.#acknowledged.push(id);
      if (n % 3 === 0) await this.#untilTaken(id, number);
    }
  }

  async #untilTaken(id: string, from: string): Promise<void> {
    const call = { event: 'end', id, from, to: '101', startedAt: 1772442000, talkSeconds: 65 };
    for (const until = performance.now() + 60_000; performance.now() < until; await pause(50)) {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${this.url}/hook/pbx`, { method: 'POST', body: JSON.stringify(call), headers }).catch(
        () => null,
      );
      if (answer?.status === 200) return;
      if (answer !== null && answer.status !== 503) throw new Error(`${id} was answered with ${answer.status}`);
      this.#unanswered++;
    }
    throw new Error(`${id} was not taken for a minute`);
  }
}

async function foundIn({ dataDir }: OfficeFolder): Promise<readonly string[]> {
  const store = await lookInto(dataDir);
  try {
    const count = async () =>
      (await store.db.rows<{ n: number }>(sql`select count(*)::int as n from posted`))[0]?.n ?? 0;
    for (const until = performance.now() + 60_000; (await count()) > 0; await pause(100))
      if (performance.now() > until) throw new Error(`${await count()} posts were not taken in within a minute`);
    const rows = await store.db.rows<{ id: string }>(sql`
      select facts #>> '{details,call,linkedIds,0}' as id from contact where merged_into is null`);
    return rows.map(({ id }) => id).sort();
  } finally {
    await store.close();
  }
}
