import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';

export interface DraftOfLeft {
  readonly contactId: string;
  readonly ownerId: string;
  readonly connector: string;
  readonly clientId: string | null;
  /** The client's. */
  readonly responsibleId: string | null;
}

/** Drafts and plans whose owner is no longer with us, oldest first, locked until the transaction ends. */
export function draftsOfLeft(db: Db): Promise<DraftOfLeft[]> {
  return db.rows(sql`
    select c.id as "contactId", c.owner_id as "ownerId", c.connector, c.client_id as "clientId",
           cl.responsible_id as "responsibleId"
      from contact c
      join employee e on e.id = c.owner_id and not e.active
      left join client cl on cl.id = c.client_id
     where c.state in ('draft', 'planned') and c.merged_into is null
     order by c.started_at, c.id
       for no key update of c`);
}

/** Gives drafts to their new owners and orders that they are asked. */
export async function giveDrafts(
  db: Db,
  handed: readonly { readonly contactId: string; readonly to: string }[],
): Promise<void> {
  await db.rows(sql`
    with given as (
      update contact c set owner_id = h."to"
        from jsonb_to_recordset(${json(handed)}::jsonb) as h("contactId" uuid, "to" uuid)
       where c.id = h."contactId"
      returning c.id, c.state, c.asks
    )
    insert into outbox (job, ref) select 'prompt', id from given where state = 'draft' and asks`);
}

/** Closes the links and ends the sessions of everybody who is no longer with us. */
export async function shutOut(db: Db, now: Date): Promise<void> {
  await db.rows(sql`
    with links as (
      update prompt p set revoked_at = ${now}
        from employee e
       where e.id = p.employee_id and not e.active and p.revoked_at is null
    ), sessions as (
      delete from session s using employee e where e.id = s.employee_id and not e.active
    )
    delete from sign_in s using employee e where e.id = s.employee_id and not e.active and s.used_at is null`);
}
