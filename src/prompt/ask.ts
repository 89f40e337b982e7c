import { momentOf, wallTime } from '../core/time/wall-time.ts';
import { digestMessageIdOf, type LinkScope } from '../core/token.ts';
import type { Db } from '../store/base/db.ts';
import { takeTurns } from '../store/deciding/decisions.ts';
import {
  addDigest,
  countAsks,
  lockWaiting,
  makeBare,
  threadsAsked,
  type WaitingRow,
} from '../store/prompts/digests.ts';
import { type Asking, putOff, revokeOthers } from '../store/prompts/prompts.ts';
import { applyDailyQuota, type Waiting } from './daily-quota.ts';
import { digestChannels, threadRestMs } from './decide.ts';
import type { PromptDeps } from './deps.ts';
import { addLink, keepUnsent, mailIdOf } from './links.ts';
import { senderDomain } from './mailer.ts';

/** A link that is made and has to be mailed: by itself, or with the others of its digest. */
export interface LinkToSend {
  readonly generation: number;
  readonly digestId: string | null;
}

export interface Asked {
  /** Null: nothing, or there is no address. */
  readonly send: LinkToSend | null;
  /** Made bare, because the owner's daily quota is used up. */
  readonly capped: readonly string[];
}

type Draft = Waiting & Pick<WaitingRow, 'generation'>;

/**
 * Applies the daily quota to a draft, or to all that wait for the owner's digest: makes the links of those he is asked
 * about, makes bare what is too many, puts off what has to wait. All of it in one transaction under the lock of the owner.
 */
export async function ask(deps: PromptDeps, db: Db, asking: Asking, together: boolean): Promise<Asked> {
  const now = deps.clock.now();
  const zone = asking.ownerZone ?? deps.options.office.zone;
  const waiting = await waitingWith(deps, db, asking, together);
  const midnight = momentOf(wallTime(now, zone).day, '00:00', zone);
  const left = deps.options.perDay - (await countAsks(db, asking.ownerId, midnight));
  const { asked, capped, later, more } = applyDailyQuota(waiting, left, deps.options, now);
  for (const { id, at } of later) await putOff(db, id, at);
  const bare = await makeBare(
    db,
    capped.map(({ id }) => id),
  );
  const send = await makeLinks(deps, db, asking, asked, together ? more : null);
  return { send, capped: bare };
}

/** @param more null: no digest, every link has a mail of its own */
async function makeLinks(
  deps: PromptDeps,
  db: Db,
  { ownerId, ownerEmail }: Asking,
  asked: readonly Draft[],
  more: number | null,
): Promise<LinkToSend | null> {
  const ids = asked.map(({ id }) => id);
  await revokeOthers(db, ids, ownerId, deps.clock.now());
  const scopes = asked.map(({ id, generation }) => ({ contactId: id, employeeId: ownerId, generation }));
  const [first] = scopes;
  if (first === undefined) return null;
  const isDigest = more !== null && ownerEmail !== null;
  const digestId = isDigest ? await makeDigest(deps, db, [first, ...scopes.slice(1)], more) : null;
  for (const { id, generation, callBack } of asked) {
    const scope = { contactId: id, employeeId: ownerId, generation };
    const prompt = await addLink(deps, db, { ...scope, digestId, counts: !callBack });
    if (ownerEmail === null) await keepUnsent(deps, db, prompt.id, scope);
  }
  return ownerEmail === null ? null : { generation: first.generation, digestId };
}

/** A digest of one is the ordinary mail in everything, also in its Message-ID. */
function makeDigest(
  deps: PromptDeps,
  db: Db,
  [first, ...others]: readonly [LinkScope, ...LinkScope[]],
  more: number,
): Promise<string> {
  const domain = senderDomain(deps.options.from);
  const messageId = others.length === 0 ? mailIdOf(deps, first) : digestMessageIdOf(deps.key, first, domain);
  return addDigest(db, { employeeId: first.employeeId, messageId, more, createdAt: deps.clock.now() });
}

/** The draft itself and what goes with it, each with the time its thread was asked about, which then stands still. */
async function waitingWith(deps: PromptDeps, db: Db, asking: Asking, together: boolean): Promise<Draft[]> {
  const rows = await lockWaiting(db, asking, together ? digestChannels(deps.options) : []);
  const threads = [...new Set(rows.flatMap(({ thread }) => (thread === null ? [] : [thread])))];
  // Two contacts of a thread may have two owners: their askings take turns by thread too.
  await takeTurns(
    db,
    threads.map((thread) => `thread:${thread}`),
  );
  const since = new Date(deps.clock.now().getTime() - threadRestMs);
  const asked = threads.length === 0 ? [] : await threadsAsked(db, threads, since);
  return rows.map((row) => {
    const others = asked.filter(({ thread, contactId }) => thread === row.thread && contactId !== row.id);
    const lastMs = Math.max(...others.map(({ askedAt }) => askedAt.getTime()));
    return {
      ...row,
      zone: asking.ownerZone ?? deps.options.office.zone,
      week: asking.ownerWeek,
      lastDigestAt: asking.lastDigestAt,
      threadAskedAt: others.length === 0 ? null : new Date(lastMs),
    };
  });
}
