import { type Db, sql } from '../base/db.ts';

export interface ListedPerson {
  readonly id: string;
  readonly name: string;
}

/** Notes that the configuration's table names these people now. */
export async function markListed(db: Db, employeeIds: readonly string[]): Promise<void> {
  await db.rows(sql`update employee set listed = true where id = any(${[...employeeIds]}::uuid[]) and not listed`);
}

/** People with us whom the table named and the directory service does not know, oldest first. */
export function listedPeople(db: Db): Promise<ListedPerson[]> {
  return db.rows(sql`
    select id, name from employee where listed and active and account is null order by created_at, id`);
}
