import { connectors } from '../../connectors/index.ts';
import type { Config } from '../config.ts';
import { openFiles } from '../files/files.ts';
import { allOf } from '../intake/mails/work.ts';
import { newId } from '../ops/chance.ts';
import { systemClock } from '../ops/clock.ts';
import type { Db } from '../store/index.ts';
import { mailBytes, mailVerdict, rereadMail } from '../store/intake/mails.ts';
import { postAgain } from '../store/intake/posted.ts';
import { type Quarantined, quarantined, quarantinedOne, settleQuarantined } from '../store/intake/quarantine.ts';
import { readArguments, usageError } from './base/arguments.ts';
import { type Command, type ExitCode, exit, type Io } from './base/command.ts';
import { requireConfig } from './base/config-file.ts';
import { withDatabase } from './base/database.ts';
import { kindsOf } from './base/kinds.ts';
import { withMails } from './mail/with-mails.ts';

export const command: Command = {
  summary: 'what could not be read: list it, look at it, read it again',
  usage: `usage: letopis quarantine list|show N|retry N…|retry --all|close N… [--config FILE] [--json]

  list         newest first: number, time, source, what was wrong
  show N       all that is known of it, and what the source said, word for word
  retry N…     reads it again; a mail becomes a contact as if it had just come, asked twice it is one contact
  close N…     nothing is to be done about it: it is listed no more
  --all        list: those that are settled too; retry: everything that is not
  --connector NAME  only what this source brought
  --config FILE  default config/letopis.yml
  --json       one JSON document per entry`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, {
      config: 'value',
      json: 'flag',
      all: 'flag',
      connector: 'value',
    });
    const [verb, ...numbers] = rest;
    if (verb !== 'list' && verb !== 'show' && verb !== 'retry' && verb !== 'close')
      throw usageError('expected list, show, retry or close');
    const ids = numbers.map(readNumber);
    if (verb === 'list' ? ids.length > 0 : ids.length === 0 && !(verb === 'retry' && options.all))
      throw usageError(
        verb === 'list' ? 'list takes no number' : `expected the number of an entry: letopis quarantine ${verb} 12`,
      );
    const config = requireConfig(options.config, io, kindsOf(connectors));
    const asked = { connector: options.connector ?? null, settledToo: verb === 'list' && options.all, limit: 10_000 };
    return withDatabase(config, async (db) => {
      if (verb === 'list') return list(await quarantined(db, asked), options.json, io);
      const chosen = ids.length > 0 ? ids : (await quarantined(db, asked)).map(({ id }) => id);
      let worst: ExitCode = exit.done;
      for (const id of chosen) {
        const done = await one(verb, { db, config, io, json: options.json }, id);
        if (done !== exit.done) worst = done;
      }
      return worst;
    });
  },
};

function readNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw usageError(`${text} is no number of an entry, see letopis quarantine list`);
  return Number(text);
}

function list(entries: readonly Quarantined[], json: boolean, io: Io): ExitCode {
  for (const entry of entries) io.out(json ? JSON.stringify(entry) : inOneLine(entry));
  if (entries.length === 0 && !json) io.err('nothing is in quarantine');
  return exit.done;
}

function inOneLine({ id, at, connector, fault, facts, resolvedAt }: Quarantined): string {
  const why = typeof facts?.['why'] === 'string' ? `: ${facts['why']}` : '';
  return `${id}  ${at.toISOString()}  ${connector}  ${fault}${why}${resolvedAt === null ? '' : '  (settled)'}`;
}

interface Desk {
  readonly db: Db;
  readonly config: Config;
  readonly io: Io;
  readonly json: boolean;
}

async function one(verb: 'show' | 'retry' | 'close', desk: Desk, id: number): Promise<ExitCode> {
  const { db, io } = desk;
  const entry = await quarantinedOne(db, id);
  if (entry === null) {
    io.err(`letopis quarantine: there is no entry ${id}, see letopis quarantine list --all`);
    return exit.failed;
  }
  if (verb === 'show') return show(desk, entry);
  if (verb === 'close') {
    await settleQuarantined(db, id);
    io.out(desk.json ? JSON.stringify({ id, settled: true }) : `${id}: settled`);
    return exit.done;
  }
  return retry(desk, entry);
}

async function show({ db, config, io, json }: Desk, entry: Quarantined & { readonly raw: string }): Promise<ExitCode> {
  const raw = entry.mailId === null ? entry.raw : ((await bytesOf(db, config, entry.mailId)) ?? '(its bytes are gone)');
  if (json) io.out(JSON.stringify({ ...entry, raw }));
  else io.out([inOneLine(entry), ...factLines(entry), '', io.isTTY ? harmless(raw) : raw].join('\n'));
  return exit.done;
}

/** What strangers wrote must not command the terminal of who reads it. */
function harmless(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (sign) => {
    return sign === '\r' ? '' : `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

function factLines({ facts }: Quarantined): string[] {
  return Object.entries(facts ?? {}).map(
    ([key, value]) => `  ${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
}

/** Byte by byte as it came (Latin-1), so that odd ones can be seen. */
async function bytesOf(db: Db, { files }: Config, mailId: string): Promise<string | null> {
  const kept = await mailBytes(db, mailId);
  if (kept === null) return null;
  if (kept.raw !== null) return kept.raw.toString('latin1');
  if (kept.file === null || files.kind !== 'folder') return null;
  const chunks = await openFiles(files.path, newId).read(kept.file);
  return chunks === null ? null : Buffer.from(await allOf(chunks)).toString('latin1');
}

const postedAgain = 'kept to be taken in again; the daemon does it within seconds, or sets it aside anew';

/** Longest a mail takes to be read, and some. */
const patienceMs = 30_000;

async function retry({ db, config, io, json }: Desk, entry: Quarantined): Promise<ExitCode> {
  const { id, mailId } = entry;
  if (entry.fault.startsWith('post.')) {
    const isLaid = await postAgain(db, id);
    if (isLaid) io.out(json ? JSON.stringify({ id, verdict: 'posted again' }) : `${id}: ${postedAgain}`);
    else io.err(`letopis quarantine: ${id} is settled already`);
    return isLaid ? exit.done : exit.failed;
  }
  if (mailId === null) {
    io.err(
      `letopis quarantine: ${id} came by ${entry.connector} and can only be sent again there; close it when that is done`,
    );
    return exit.failed;
  }
  if (!(await rereadMail(db, mailId))) {
    io.err(`letopis quarantine: the bytes of ${id} are gone, close it`);
    return exit.failed;
  }
  await settleQuarantined(db, id);
  const read = await withMails(db, config, async (mails) => {
    mails.sweep();
    for (const until = systemClock.monotonicMs() + patienceMs; systemClock.monotonicMs() < until; ) {
      const verdict = await mailVerdict(db, mailId);
      if (verdict !== null) return verdict;
      await systemClock.sleep(100, new AbortController().signal);
    }
    return null;
  });
  if (read === null)
    io.err(`letopis quarantine: ${id} was not read within ${patienceMs / 1000} s, the daemon will go on`);
  else io.out(json ? JSON.stringify({ id, ...read }) : `${id}: ${read.verdict}: ${read.reason}`);
  return read === null ? exit.failed : exit.done;
}
