import { texts } from './arrays.ts';
import { type Db, sql } from './db.ts';
import { settleQuarantined } from './quarantine.ts';

/** Something posted that is to be kept. */
export interface PostedRow {
  readonly connector: string;
  /** JSON text of its captures: JSON writes NUL and lone surrogates as escapes, so PostgreSQL takes it as it is. */
  readonly captures: string;
}

export interface WaitingPost extends PostedRow {
  readonly id: number;
}

/** Keeps posts, in the order given, in one statement. */
export async function keepPosted(db: Db, posts: readonly PostedRow[]): Promise<void> {
  await db.rows(sql`
    insert into posted (connector, captures)
    select * from unnest(${texts(posts.map((p) => p.connector))}::text[], ${texts(posts.map((p) => p.captures))}::text[])`);
}

/** So much JSON is taken out at once; the first post always. Bytes. */
const mostBytes = 8_000_000;

/**
 * Takes the oldest posts out, as far as nobody else has them in hand: with the transaction's end they are gone, and if it fails
 * they stand where they stood.
 */
export async function takePosted(tx: Db, limit: number): Promise<readonly WaitingPost[]> {
  const rows = await tx.rows<WaitingPost>(sql`
    with waiting as (
      select id, octet_length(captures) as bytes from posted order by id limit ${limit} for update skip locked
    ), few as (
      select id from (select id, sum(bytes) over (order by id) - bytes as before from waiting) as counted
       where before < ${mostBytes}
    )
    delete from posted using few where posted.id = few.id
    returning posted.id, connector, captures`);
  return [...rows].sort((a, b) => a.id - b.id);
}

/** How many are kept and are no contacts yet. */
export async function countPosted(db: Db): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`select count(*)::int as n from posted`);
  return row?.n ?? 0;
}

/** Lays captures that were set aside back among those that wait, and settles their entry. False: it is settled already. */
export function postAgain(db: Db, quarantineId: number): Promise<boolean> {
  return db.transaction(async (tx) => {
    const laid = await tx.rows(sql`
      insert into posted (connector, captures)
      select connector, raw from quarantine where id = ${quarantineId} and resolved_at is null for update
      returning id`);
    if (laid.length > 0) await settleQuarantined(tx, quarantineId);
    return laid.length > 0;
  });
}
