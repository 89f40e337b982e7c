import { texts } from '../base/arrays.ts';
import { type Db, sql } from '../base/db.ts';
import { pgSafe } from '../base/safe.ts';
import { settleQuarantined } from './quarantine.ts';

/** A capture that was posted. */
export interface PostedRow {
  readonly connector: string;
  /** JSON text of it without its evidence: JSON writes NUL and lone surrogates as escapes, so PostgreSQL takes it as it is. */
  readonly facts: string;
  readonly evidence: string;
}

export interface WaitingPost extends PostedRow {
  readonly id: number;
}

/** Keeps what was posted, in the order given, in one statement. */
export async function keepPosted(db: Db, posts: readonly PostedRow[]): Promise<void> {
  await db.rows(sql`
    insert into posted (connector, facts, evidence)
    select * from unnest(${texts(posts.map((post) => post.connector))}::text[], ${texts(posts.map((post) => post.facts))}::text[],
                         ${texts(posts.map((post) => pgSafe(post.evidence)))}::text[])`);
}

/** So much is taken out at once; the first post always. Bytes. */
const mostBytes = 8_000_000;

/**
 * Takes the oldest posts out, as far as nobody else has them in hand: with the transaction's end they are gone, and if it fails
 * they stand where they stood.
 */
export async function takePosted(tx: Db, limit: number): Promise<readonly WaitingPost[]> {
  const rows = await tx.rows<WaitingPost>(sql`
    with waiting as (
      select id, octet_length(facts) + octet_length(evidence) as bytes
        from posted order by id limit ${limit} for update skip locked
    ), few as (
      select id from (select id, sum(bytes) over (order by id) - bytes as before from waiting) as counted
       where before < ${mostBytes}
    )
    delete from posted using few where posted.id = few.id
    returning posted.id, connector, facts, evidence`);
  return [...rows].sort((a, b) => a.id - b.id);
}

/** As one text, to be set aside: JSON has no line breaks of its own. */
export function inOneText({ facts, evidence }: PostedRow): string {
  return `${facts}\n${evidence}`;
}

/** How many are kept and are no contacts yet. */
export async function countPosted(db: Db): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`select count(*)::int as n from posted`);
  return row?.n ?? 0;
}

/** Lays a capture that was set aside (`inOneText`) back among those that wait, and settles its entry. False: it is settled already. */
export function postAgain(db: Db, quarantineId: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const laid = await tx.rows(sql`
      insert into posted (connector, facts, evidence)
      select connector, split_part(raw, E'\\n', 1), substr(raw, strpos(raw, E'\\n') + 1)
        from quarantine where id = ${quarantineId} and resolved_at is null for update
      returning id`);
    if (laid.length > 0) await settleQuarantined(tx, quarantineId);
    return laid.length > 0;
  });
}
