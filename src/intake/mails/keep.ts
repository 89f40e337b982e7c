import type { IncomingMail } from '../../connector/index.ts';
import { Fault } from '../../core/fault.ts';
import { sha256 } from '../../core/hash.ts';
import { type MailRead, type SkipReason, siftRead } from '../../mail/index.ts';
import { type MailRow, storeMails } from '../../store/intake/mails.ts';
import type { Source } from '../run.ts';
import type { MailIntakeDeps } from './deps.ts';
import { judgingNow } from './office.ts';
import { readBytes } from './read.ts';
import { allOf, claimMs, largestRow, type Work } from './work.ts';

export type Answer = 'stored' | 'duplicate' | 'dropped';

/** A mail that is to be stored, with the bytes where the database shall have them. */
interface Ready {
  readonly incoming: IncomingMail;
  readonly row: MailRow;
  readonly known: MailRead | null;
}

/**
 * Stores mails and the position in one statement; what is large goes to a file before. What only its body could judge is
 * read first.
 *
 * @returns an answer per mail, and what is to be read now
 */
export async function keepMails(
  deps: MailIntakeDeps,
  source: Source,
  mails: readonly IncomingMail[],
  position: string | null,
): Promise<{ readonly answers: readonly Answer[]; readonly works: readonly Work[] }> {
  const prepared = await Promise.all(mails.map((mail) => prepare(deps, source.connector, mail)));
  const kept = prepared.filter((one) => one !== null);
  const claimedUntil = new Date(deps.clock.now().getTime() + claimMs);
  const { connector, lease, place = connector } = source;
  const rows = kept.map(({ row }) => row);
  const batch = { connector, place, epoch: lease?.epoch ?? null, position, claimedUntil, mails: rows };
  const stored = await storeMails(deps.db, batch);
  if (stored === null) throw new Fault('intake.lease_lost', 'retry', { connector });
  const works = kept.flatMap(({ row, known }): Work[] =>
    stored.has(row.id) ? [{ ...row, connector, revision: 0, known }] : [],
  );
  return {
    answers: prepared.map((one) => (one === null ? 'dropped' : stored.has(one.row.id) ? 'stored' : 'duplicate')),
    works,
  };
}

/** Null: none of ours, nothing is kept of it. */
async function prepare(deps: MailIntakeDeps, connector: string, incoming: IncomingMail): Promise<Ready | null> {
  if (incoming.isSure) return ready(deps, incoming, await placeOf(deps, incoming.bytes), null);
  const { bytes } = incoming;
  if (bytes instanceof Uint8Array) return judge(deps, connector, incoming, bytes);
  // Nothing of it may be on the disk before it is judged: so it is in memory, one such mail at a time.
  return deps.oneByOne(async () => judge(deps, connector, incoming, await allOf(bytes)));
}

async function judge(
  deps: MailIntakeDeps,
  connector: string,
  incoming: IncomingMail,
  bytes: Uint8Array,
): Promise<Ready | null> {
  const known = await readBytes(deps, connector, bytes, true);
  const because = await whyNot(deps, connector, known);
  if (because === null) return ready(deps, incoming, await placeOf(deps, bytes), known);
  deps.metrics.mailsSkipped.inc({ connector, because });
  return null;
}

function ready(deps: MailIntakeDeps, incoming: IncomingMail, place: Place, known: MailRead | null): Ready {
  const row: MailRow = {
    id: deps.newId(),
    key: sha256(incoming.identity),
    folder: incoming.folder,
    arrivedAt: incoming.arrivedAt,
    sizeBytes: incoming.sizeBytes,
    raw: place.raw,
    file: place.file,
    cut: incoming.cut,
    asks: incoming.asks,
  };
  return { incoming, row, known };
}

type Place = Pick<MailRow, 'raw' | 'file'>;

async function placeOf({ files }: MailIntakeDeps, bytes: IncomingMail['bytes']): Promise<Place> {
  if (bytes instanceof Uint8Array && bytes.byteLength <= largestRow) return { raw: bytes, file: null };
  const { name } = await files.put(bytes instanceof Uint8Array ? once(bytes) : bytes);
  return { raw: null, file: name };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

async function whyNot(deps: MailIntakeDeps, connector: string, mail: MailRead): Promise<SkipReason | null> {
  const { knows } = deps;
  const { office, rules } = await judgingNow(deps, connector);
  const sifted = siftRead(mail, office, rules);
  if (sifted.kind === 'skip') return sifted.because;
  if (sifted.kind !== 'if-known') return null;
  return (await knows(sifted.addresses)).size > 0 ? null : 'stranger';
}
