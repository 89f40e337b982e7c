import type { Config } from '../config.ts';
import { Fault } from '../core/fault.ts';
import type { Clock } from '../core/time/clock.ts';
import { type Files, openFiles } from '../files/files.ts';
import { takeReply } from '../history/reply.ts';
import { type Exclusions, openExclusions } from '../intake/exclusions.ts';
import type { Judging } from '../intake/mails/office.ts';
import { type MailIntake, openMailIntake } from '../intake/mails/run.ts';
import { sweepFiles } from '../intake/mails/sweep-files.ts';
import { sweepRows } from '../intake/mails/sweep-rows.ts';
import { oneByOne } from '../intake/mails/work.ts';
import { openMailReader } from '../mail/index.ts';
import { companyDomains } from '../match/freemail.ts';
import { newId } from '../ops/chance.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Db } from '../store/index.ts';
import { knownAddresses } from '../store/intake/mails.ts';

export interface MailsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly config: Pick<Config, 'files'>;
  readonly judging: (connector: string) => Judging;
  readonly kick: () => void;
}

export type Mails = MailIntake & {
  readonly knows: (addresses: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Of what nothing is kept. */
  readonly exclusions: Exclusions;
  /** Where large mails stand. */
  readonly files: Files;
};

/** A mail that takes longer to read is given up but for its header; the worst of our bombs takes a second. */
const deadlineMs = 10_000;
/** At night nobody needs the thread; by day it stays: to start it takes as long as twenty mails. */
const idleMs = 600_000;

/** @throws Fault files.not_supported (reconfigure) */
export function openMails({ db, clock, log, metrics, config, judging, kick }: MailsDeps): Mails {
  if (config.files.kind === 's3')
    throw new Fault('files.not_supported', 'reconfigure', {
      cure: 'files: name a folder; S3 cannot be had yet',
    });
  const files = openFiles(config.files.path, newId);
  const knows = (addresses: readonly string[]) => knowsAddresses(db, addresses);
  const exclusions = openExclusions(db, clock);
  const intake = openMailIntake({
    db,
    clock,
    log,
    newId,
    metrics,
    files,
    // One thread reads faster than a mailbox gives; a second one is 50 MB more, and compiles the same code again (measured).
    reader: openMailReader({ threads: 1, deadlineMs, idleMs }),
    oneByOne: oneByOne(),
    judging,
    knows,
    exclusions,
    onReply: async (reply) => {
      const became = await takeReply({ db, clock }, reply);
      log.info({ became }, 'prompt.answered_by_mail');
      kick();
      return { isSettled: became === 'taken' || became === 'nothing new', became: `answer to our prompt: ${became}` };
    },
    kick,
  });
  const closing = new AbortController();
  let sweeping: Promise<void> = Promise.resolve();
  return {
    ...intake,
    knows,
    exclusions,
    files,
    sweep() {
      intake.sweep();
      sweeping = sweepDaily({ db, files, clock, log }, closing.signal);
    },
    async close() {
      closing.abort();
      await intake.close();
      await sweeping;
    },
  };
}

const dayMs = 24 * 3_600_000;

/** What nobody needs any more of mails: files without a row, rows without a use. */
async function sweepDaily(
  { log, ...deps }: Pick<MailsDeps, 'db' | 'clock' | 'log'> & { readonly files: Files },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sweepFiles(deps).then(
      (removed) => {
        if (removed > 0) log.info({ removed }, 'files.swept');
      },
      (err: unknown) => log.warn({ err }, 'files.not_swept_yet'),
    );
    await sweepRows(deps, signal).then(
      (removed) => {
        if (removed > 0) log.info({ removed }, 'mails.swept');
      },
      (err: unknown) => log.warn({ err }, 'mails.not_swept_yet'),
    );
    await deps.clock.sleep(dayMs, signal).catch(() => {});
  }
}

/** Which of these addresses a client, a person of one, or the domain of one has. */
export async function knowsAddresses(db: Db, addresses: readonly string[]): Promise<ReadonlySet<string>> {
  const domains = [...new Set(addresses.flatMap(companyDomains))];
  const found = await knownAddresses(db, addresses, domains);
  return new Set(addresses.filter((one) => found.has(one) || companyDomains(one).some((domain) => found.has(domain))));
}
