import type { Capture } from '../../core/contact/capture.ts';
import { Fault, remedyOf } from '../../core/fault.ts';
import { sha256 } from '../../core/hash.ts';
import { decideMail, type MailVerdict, mailIdentity, siftRead } from '../../mail/index.ts';
import { quarantine } from '../../store/intake/connectors.ts';
import { knownOfMails, type MailSettled, namedFiles, settleMails } from '../../store/intake/mails.ts';
import { tellTaken } from '../counted.ts';
import { takeIn } from '../run.ts';
import type { Answered, MailIntakeDeps } from './deps.ts';
import { judgingNow } from './office.ts';
import { resolveThreads, threadIds } from './threads.ts';
import { linksOf, toCapture } from './to-capture.ts';
import { type OneByOne, oneByOne, type ReadWork } from './work.ts';

/** A mail that was read, with what it is to us. */
interface Judged extends ReadWork {
  readonly verdict: MailVerdict;
  /** Somebody takes part whose mail is never stored; only the body told. */
  readonly excluded: boolean;
}

/** What the next batch has to know of one that is being stored: the database cannot tell it yet. */
interface UnderWay {
  readonly threads: ReadonlyMap<string, string>;
  readonly identities: ReadonlySet<string>;
}

/** The places a batch goes through, one batch at a time in each: while one is stored the next is looked up. */
interface Way {
  readonly lookUp: OneByOne;
  readonly storeNew: OneByOne;
  readonly addCopies: OneByOne;
  readonly finish: OneByOne;
  readonly underWay: Set<UnderWay>;
}

/**
 * Stores what mails were found to be: contacts, answers to our prompts, nothing. Several batches may be on their way; they
 * come out as if one had gone after the other. What one mail of a batch fails on is found by trying them one by one; it is
 * set aside and the others are stored.
 *
 * The returned function throws a Fault of the store (retry): nothing was settled, all of the batch stands unread.
 */
export function openSettling(deps: MailIntakeDeps): (works: readonly ReadWork[]) => Promise<void> {
  const way: Way = {
    lookUp: oneByOne(),
    storeNew: oneByOne(),
    addCopies: oneByOne(),
    finish: oneByOne(),
    underWay: new Set(),
  };
  return (works) => settleBatch(deps, way, works);
}

async function settleBatch(deps: MailIntakeDeps, way: Way, works: readonly ReadWork[]): Promise<void> {
  try {
    await settle(deps, way, works);
  } catch (error) {
    if (error instanceof Fault && remedyOf(error) === 'retry') throw error;
    if (works.length > 1) {
      for (const one of works) await settleBatch(deps, way, [one]);
      return;
    }
    const [one] = works;
    if (one === undefined) return;
    const fault = error instanceof Fault ? error : new Fault('mail.not_stored', 'set-aside', {}, error);
    deps.log.error({ err: error, mail: one.work.id }, 'mail.set_aside');
    await settleMails(deps.db, [await aside(deps, one, fault, 'unstored')], deps.clock.now());
  }
}

async function settle(deps: MailIntakeDeps, way: Way, works: readonly ReadWork[]): Promise<void> {
  const judged = await judge(deps, works);
  const { prepared, batch } = await way.lookUp(async () => {
    const found = await lookUp(deps, judged.filter(isStored), [...way.underWay]);
    way.underWay.add(found.batch);
    return found;
  });
  try {
    await way.storeNew(() => store(deps, prepared, 'new'));
    await way.addCopies(() => store(deps, prepared, 'sighted'));
    await way.finish(() => finish(deps, judged, batch.threads));
  } finally {
    way.underWay.delete(batch);
  }
}

async function judge(deps: MailIntakeDeps, works: readonly ReadWork[]): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const one of works) {
    const { office, rules } = await judgingNow(deps, one.work.connector);
    const sifted = rules.exclude.length === 0 ? null : siftRead(one.mail, office, rules);
    const excluded = sifted?.kind === 'skip' && sifted.because === 'excluded';
    judged.push({ ...one, verdict: decideMail(one.mail, office), excluded });
  }
  return judged;
}

async function finish(
  deps: MailIntakeDeps,
  judged: readonly Judged[],
  threads: ReadonlyMap<string, string>,
): Promise<void> {
  const settled: MailSettled[] = [];
  for (const one of judged) settled.push(await outcomeOf(deps, one));
  await settleMails(deps.db, settled, deps.clock.now(), threads);
  const forgotten = new Set(settled.filter(({ forget }) => forget).map(({ id }) => id));
  await removeFiles(
    deps,
    judged.flatMap(({ work }) => (work.file !== null && forgotten.has(work.id) ? [work.file] : [])),
  );
}

/** The bytes of what is none of our business; the same bytes may be another mail's, which is. */
async function removeFiles({ db, files }: MailIntakeDeps, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const named = await namedFiles(db, names);
  for (const name of names) if (!named.has(name)) await files.remove(name);
}

function isStored({ verdict, excluded }: Judged): boolean {
  return !excluded && (verdict.verdict === 'contact' || verdict.verdict === 'automatic');
}

/** A mail as a capture of its connector. */
interface Prepared {
  readonly connector: string;
  readonly capture: Capture;
  /** It may be a copy of what was stored before. */
  readonly isKnown: boolean;
}

/** @param before what was under way when the question was asked: of what ended earlier the database tells */
async function lookUp(
  deps: MailIntakeDeps,
  judged: readonly Judged[],
  before: readonly UnderWay[],
): Promise<{ readonly prepared: readonly Prepared[]; readonly batch: UnderWay }> {
  if (judged.length === 0) return { prepared: [], batch: { threads: new Map(), identities: new Set() } };
  const links = judged.map(({ mail, verdict, work }) => linksOf(mail, verdict, work));
  const hashed = links.map((those) => those.map(sha256));
  const ids = judged.map(threadIdsOf);
  const known = await knownOfMails(deps.db, [...new Set(ids.flat())], hashed.flat());
  const threadsBefore = [...before.map((one) => one.threads), known.threads].flatMap((one) => [...one]);
  const { threads, fresh } = resolveThreads(ids, new Map(threadsBefore));
  const identities = new Set(hashed.flat().map((hash) => hash.toString('hex')));
  const isKnown = (hash: string) => known.identities.has(hash) || before.some((other) => other.identities.has(hash));
  const prepared = judged.map(({ mail, verdict, work }, i) => {
    const { connector } = work;
    const { region } = deps.judging(connector);
    const capture = toCapture(mail, verdict, work, links[i] ?? [], threads[i] ?? null, region);
    return { connector, capture, isKnown: (hashed[i] ?? []).some((hash) => isKnown(hash.toString('hex'))) };
  });
  return { prepared, batch: { threads: fresh, identities } };
}

/** Those known already go a way of their own, lest they slow down the others. */
async function store(deps: MailIntakeDeps, prepared: readonly Prepared[], first: 'new' | 'sighted'): Promise<void> {
  const ours = prepared.filter(({ isKnown }) => isKnown === (first === 'sighted'));
  for (const connector of new Set(ours.map((one) => one.connector))) {
    const source = { connector, region: deps.judging(connector).region, lease: null };
    const captures = ours.filter((one) => one.connector === connector).map(({ capture }) => capture);
    tellTaken(
      { ...deps, log: deps.log.child({ connector }) },
      connector,
      captures,
      await takeIn(deps, source, captures, null, first),
    );
  }
}

/** Faxes stand in no thread: a gateway gives all of its mails the same look. */
function threadIdsOf({ mail, verdict }: Judged): readonly string[] {
  return verdict.channel === 'fax' ? [] : threadIds(mail.head);
}

async function outcomeOf(deps: MailIntakeDeps, one: Judged): Promise<MailSettled> {
  const { work, mail, verdict } = one;
  if (one.excluded) return { id: work.id, verdict: 'excluded', reason: 'excluded', forget: true, quarantined: null };
  if (verdict.verdict === 'unreadable') {
    const fault = new Fault('mail.unreadable', 'set-aside', { why: verdict.reason });
    return aside(deps, one, fault, 'unreadable');
  }
  if (isStored(one)) {
    if (mail.fullness === 'headers' && work.cut === null) {
      const fault = new Fault('mail.read_in_part', 'set-aside', { why: mail.notes.join('; ') });
      return aside(deps, one, fault, verdict.verdict);
    }
    return { id: work.id, verdict: verdict.verdict, reason: verdict.reason, forget: false, quarantined: null };
  }
  const answered = await answer(deps, one);
  if (answered?.isSettled === false) {
    const fault = new Fault('mail.reply_unclear', 'set-aside', { why: answered.became });
    return aside(deps, one, fault, 'reply');
  }
  const [found, reason] = answered === null ? [verdict.verdict, verdict.reason] : ['reply', answered.became];
  return { id: work.id, verdict: found, reason, forget: true, quarantined: null };
}

/** Null: it is no answer to a prompt of ours. */
async function answer(deps: MailIntakeDeps, { work, mail, verdict }: Judged): Promise<Answered | null> {
  const { answersPrompt, from, authenticity } = verdict;
  if (answersPrompt === null || verdict.verdict === 'own' || from === null) return null;
  if (!work.asks) return { isSettled: true, became: 'an answer of the past to our prompt' };
  const identity = mailIdentity(mail);
  return deps.onReply({ promptIds: [answersPrompt], identity, mailId: work.id, from, text: mail.text, authenticity });
}

/** Tells a person of it; its bytes stay where they are. */
async function aside(deps: MailIntakeDeps, { work }: ReadWork, fault: Fault, verdict: string): Promise<MailSettled> {
  const { db, metrics, log } = deps;
  const facts = { ...fault.facts, mail: work.id };
  const id = await quarantine(db, work.connector, fault.code, facts, '');
  metrics.quarantined.inc({ connector: work.connector, fault: fault.code });
  log.warn({ mail: work.id, quarantine: id, fault: fault.code }, 'mail.set_aside');
  return { id: work.id, verdict, reason: fault.code, forget: false, quarantined: id };
}
