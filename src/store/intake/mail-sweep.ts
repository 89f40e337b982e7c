import { type Db, sql } from '../base/db.ts';

/**
 * Removes rows of mails that were none of our business: read, their bytes erased, not in quarantine, and both come and read
 * before `before`. Of a mail that once was a contact, and was read as something else later, the row stays. Oldest first, by the
 * index `mail_forgotten`; rows that somebody holds are left for another time.
 *
 * @returns how many; fewer than `limit`: there are no more
 */
export async function removeForgotten(db: Db, before: Date, limit: number): Promise<number> {
  const rows = await db.rows(sql`
    with forgotten as (
      select id
        from mail
       where raw is null and file is null and quarantined is null and read_at is not null
         and greatest(arrived_at, read_at) < ${before}
         and not exists (select from generate_series(0, mail.revision) as r (n)
                           join capture c on c.connector = mail.connector
                            and c.key = sha256(convert_to('mail:' || mail.id || E'\\n' || r.n, 'UTF8')))
       order by greatest(arrived_at, read_at)
       limit ${limit}
         for update skip locked
    )
    delete from mail using forgotten where mail.id = forgotten.id
    returning 1`);
  return rows.length;
}
