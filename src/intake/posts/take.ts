import type { Capture } from '../../core/contact/capture.ts';
import { PostedFacts } from '../../core/contact/capture-json.ts';
import { Fault, remedyOf } from '../../core/fault.ts';
import type { Db } from '../../store/index.ts';
import { quarantine } from '../../store/intake/connectors.ts';
import { inOneText, takePosted, type WaitingPost } from '../../store/intake/posted.ts';
import { tellTaken } from '../counted.ts';
import { takeIn } from '../run.ts';
import type { PostIntakeDeps } from './deps.ts';

/**
 * Makes contacts of the oldest posts, in their order. The transaction that takes them out ends when the contacts stand: a crash
 * in between lets them be taken in again, which stores nothing twice. What one post of several fails on is found by trying them
 * one by one; it is set aside and the others are stored.
 *
 * @returns how many
 * @throws Fault of the store (retry, reconfigure): it is away; some may be stored, all stand where they stood
 */
export function takePosts(deps: PostIntakeDeps, limit: number): Promise<number> {
  return deps.db.transaction(async (tx) => {
    const posts = await takePosted(tx, limit);
    const read = await readable(deps, tx, posts);
    for (const connector of new Set(read.map((one) => one.post.connector))) {
      const ours = read.filter(({ post }) => post.connector === connector);
      await takeOfOne(deps, tx, connector, ours);
    }
    return posts.length;
  });
}

interface ReadPost {
  readonly post: WaitingPost;
  readonly capture: Capture;
}

async function readable(deps: PostIntakeDeps, tx: Db, posts: readonly WaitingPost[]): Promise<readonly ReadPost[]> {
  const read: ReadPost[] = [];
  for (const post of posts) {
    const capture = captureOf(post);
    if (capture === null)
      await setAside(deps, tx, post, new Fault('post.unreadable', 'set-aside', { why: otherVersion }));
    else read.push({ post, capture });
  }
  return read;
}

const otherVersion = 'this is no capture as this version writes them';

function captureOf({ facts, evidence }: WaitingPost): Capture | null {
  try {
    return { ...PostedFacts.parse(JSON.parse(facts)), evidence };
  } catch {
    return null;
  }
}

async function takeOfOne(deps: PostIntakeDeps, tx: Db, connector: string, posts: readonly ReadPost[]): Promise<void> {
  const captures = posts.map((one) => one.capture);
  const source = { connector, region: deps.regionOf(connector), lease: null };
  try {
    const answers = await takeIn(deps, source, captures, null);
    tellTaken({ ...deps, log: deps.log.child({ connector }) }, connector, captures, answers);
  } catch (error) {
    if (isAway(error)) throw error;
    const [first, ...others] = posts;
    if (first === undefined) return;
    if (others.length === 0) return setAside(deps, tx, first.post, notStored(error));
    for (const post of posts) await takeOfOne(deps, tx, connector, [post]);
  }
}

/** A database that is away, full or refuses us heals without the posts being others. */
function isAway(error: unknown): boolean {
  return error instanceof Fault && (remedyOf(error) === 'retry' || error.code === 'store.refused');
}

function notStored(error: unknown): Fault {
  const facts = error instanceof Fault ? { ...error.facts, why: error.code } : {};
  return new Fault('post.not_stored', 'set-aside', facts, error);
}

async function setAside({ log, metrics }: PostIntakeDeps, tx: Db, post: WaitingPost, fault: Fault): Promise<void> {
  const { connector } = post;
  const id = await quarantine(tx, connector, fault.code, fault.facts, inOneText(post));
  metrics.quarantined.inc({ connector, fault: fault.code });
  log.error({ err: fault, connector, quarantine: id }, 'post.set_aside');
}
