import { type Db, sql } from '../base/db.ts';

/** Addresses, domains and numbers (E.164) of which nothing is to be kept now. A few: they are the ones people named. */
export async function neverCaptured(db: Db): Promise<readonly string[]> {
  const rows = await db.rows<{ address: string }>(sql`
    select distinct address from contact_point
     where never_capture and kind <> 'extension' and since <= now() and now() < until`);
  return rows.map(({ address }) => address);
}
