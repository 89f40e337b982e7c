import { type Db, every, type Query, splice, sql } from '../base/db.ts';

/** After which row a page begins, in the order of change: the moment to the microsecond, and the id. */
export interface Mark {
  readonly at: string;
  readonly id: string;
}

export interface PageWish {
  readonly after: Mark | null;
  readonly limit: number;
}

/**
 * The moment before which nothing new can appear any more: every transaction that began earlier has ended. What a later one
 * writes bears a later time. Whoever keeps a copy goes on from here, else a long import would slip by him: its rows bear the
 * time it began.
 */
export async function settledUntil(db: Db): Promise<string> {
  const [row] = await db.rows<{ at: string }>(sql`
    select instant(least(clock_timestamp() - interval '100 milliseconds',
                         (select min(xact_start) from pg_stat_activity
                           where datname = current_database() and pid <> pg_backend_pid()))) as at`);
  return row?.at ?? '1970-01-01T00:00:00.000000Z';
}

/** A page of rows of one table, in the order they changed. `alias` is the table's in `select`; both are ours. */
export function pageOf<Row>(
  db: Db,
  select: Query,
  alias: 'cl' | 'p' | 'k' | 'c',
  conditions: readonly Query[],
  { after, limit }: PageWish,
): Promise<Row[]> {
  const at: Query = { text: `${alias}.updated_at`, values: [] };
  const id: Query = { text: `${alias}.id`, values: [] };
  const start = after === null ? [] : [splice`(${at}, ${id}) > (${after.at}::timestamptz, ${after.id}::uuid)`];
  return db.rows(splice`${select} where ${every([...conditions, ...start])} order by ${at}, ${id} limit ${limit}`);
}
