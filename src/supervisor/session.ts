import type { IncomingMail, Session } from '../connector/index.ts';
import { Fault, remedyOf } from '../core/fault.ts';
import { tellTaken } from '../intake/counted.ts';
import { type Answer, type Source, takeIn } from '../intake/run.ts';
import type { Lease } from '../store/index.ts';
import { positionOf } from '../store/intake/captures.ts';
import { addGap, appendJournal, forgetJournal, quarantine, readJournal } from '../store/intake/connectors.ts';
import type { Configured, SupervisorDeps } from './types.ts';

/**
 * What a connector sees of the program. A database that is away is waited for here: the connector stops reading, the
 * source keeps what it has, and no position moves.
 */
export function openSession(
  deps: SupervisorDeps,
  configured: Configured,
  lease: Lease,
  signal: AbortSignal,
  listening: () => void,
): Omit<Session<never>, 'config'> {
  const { db, clock, log, newId, metrics } = deps;
  const { exclusions } = deps.mails;
  const { name } = configured;
  const source = { connector: name, region: configured.region ?? deps.officeRegion, lease };
  const patiently = <T>(work: () => Promise<T>) => withPatience(deps, signal, work);
  return {
    name,
    exchange: configured.exchange,
    office: deps.office,
    clock,
    log,
    signal,
    listening,
    async emit(captures, position) {
      const answers = await patiently(() => takeIn({ db, newId, exclusions }, source, captures, position ?? null));
      tellTaken({ metrics, log, kick: deps.kick }, name, captures, answers);
      return answers.map(toConnector);
    },
    knows: (addresses) => patiently(() => deps.mails.knows(addresses)),
    exclusions: () => patiently(exclusions),
    keep: (mails, position) => keep(deps, source, signal, mails, position ?? null),
    skipped: (because, count) => metrics.mailsSkipped.inc({ connector: name, because }, count),
    announce: (ringing) => deps.announce(name, ringing),
    position: () => patiently(() => positionOf(db, name)),
    journal: {
      async append(entries) {
        await patiently(() => appendJournal(db, name, entries));
        metrics.journalEntries.inc({ connector: name }, entries.length);
      },
      replay: () => patiently(() => readJournal(db, name)),
      forget: (groups) => patiently(() => forgetJournal(db, name, groups)),
    },
    async gap(since, until, reason) {
      await patiently(() => addGap(db, name, since, until, reason));
      metrics.gapSeconds.inc({ connector: name }, (until.getTime() - since.getTime()) / 1000);
      log.warn({ since, until, reason }, 'connector.gap');
    },
    async setAside(raw, fault) {
      const code = fault instanceof Fault ? fault.code : 'connector.bug';
      const facts = fault instanceof Fault ? fault.facts : { message: fault.message };
      const id = await patiently(() => quarantine(db, name, code, facts, raw));
      metrics.quarantined.inc({ connector: name, fault: code });
      log.warn({ err: fault, quarantine: id }, 'connector.set_aside');
    },
  };
}

/** To a source what is not kept on purpose is done with, like what was kept before. */
function toConnector(answer: Answer): 'stored' | 'duplicate' {
  return answer === 'stored' ? 'stored' : 'duplicate';
}

/** A stream can be read once: then it is for the connector to begin anew when the database was away. */
async function keep(
  deps: SupervisorDeps,
  source: Source,
  signal: AbortSignal,
  mails: readonly IncomingMail[],
  position: string | null,
): Promise<readonly ('stored' | 'duplicate' | 'dropped')[]> {
  const work = () => deps.mails.keep(source, mails, position);
  const isOnce = mails.some(({ bytes }) => !(bytes instanceof Uint8Array));
  const answers = await (isOnce ? work() : withPatience(deps, signal, work));
  const duplicates = answers.filter((answer) => answer === 'duplicate').length;
  if (duplicates > 0) deps.metrics.capturesDuplicate.inc({ connector: source.connector }, duplicates);
  return answers;
}

/** What was received meanwhile is in memory alone: a database that is back must not be kept waiting. */
const longestPatienceMs = 1000;

async function withPatience<T>(
  { clock, log, jitter }: SupervisorDeps,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, longestPatienceMs)) {
    try {
      return await work();
    } catch (error) {
      const isAway = error instanceof Fault && /^(?:store|files)\./.test(error.code) && remedyOf(error) === 'retry';
      if (!isAway || signal.aborted) throw error;
      log.warn({ err: error, nextTryMs: waitMs }, 'store.waiting');
      await clock.sleep(jitter(waitMs), signal);
    }
  }
}
