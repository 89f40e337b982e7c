import { type Db, splice, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';
import { toldOfMoved } from '../events/moved-contacts.ts';
import type { ChangeSet } from '../history/change-log.ts';
import type { ClientValues, PersonValues, PointValues } from './fields.ts';

/** Everything that two clients have, as a merge compares it. */
export interface Holdings {
  readonly id: string;
  readonly values: ClientValues;
  readonly people: readonly { readonly id: string; readonly values: PersonValues }[];
  /** His and his people's; also those that were taken back, for their places are taken. */
  readonly points: readonly HeldPoint[];
}

export interface HeldPoint {
  readonly id: string;
  readonly kind: string;
  readonly address: string;
  readonly values: PointValues;
}

/**
 * The clients with all they have. Their rows are held so that whoever links something to one of them at this moment waits
 * and sees what became of it.
 */
export async function lockHoldings(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Holdings>> {
  await db.rows(sql`select id from client where id = any(${ids}::uuid[]) order by id for update`);
  const rows = await db.rows<Holdings>(sql`
    select c.id,
           jsonb_build_object('name', name, 'kind', kind, 'class', class, 'note', note, 'responsibleId', responsible_id,
                              'mergedInto', merged_into, 'removed', instant(removed_at)) as values,
           coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'values', jsonb_build_object(
                              'clientId', p.client_id, 'name', p.name, 'post', p.post, 'since', p.since, 'until', p.until,
                              'removed', instant(p.removed_at))) order by p.name, p.id)
                       from person p where p.client_id = c.id and p.removed_at is null), '[]') as people,
           coalesce((select jsonb_agg(jsonb_build_object('id', p.id, 'kind', p.kind, 'address', p.address, 'values',
                              jsonb_build_object('clientId', p.client_id, 'personId', p.person_id, 'employeeId', p.employee_id,
                                'since', instant(p.since), 'until', instant(p.until), 'mobile', p.mobile, 'shared', p.shared,
                                'reception', p.reception, 'gateway', p.gateway, 'neverCapture', p.never_capture,
                                'notClient', p.not_client)) order by p.kind, p.address, p.since, p.id)
                       from contact_point p
                      where p.client_id = c.id
                         or p.person_id in (select id from person where client_id = c.id and removed_at is null)), '[]') as points
      from client c where c.id = any(${ids}::uuid[])`);
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Every contact of one client becomes another's, each with its change row, in one statement. `joined`: people who are one
 * person now. Returns how many.
 */
export async function moveContacts(
  db: Db,
  set: ChangeSet,
  way: { readonly from: string; readonly into: string },
  joined: readonly { readonly from: string; readonly into: string }[],
): Promise<number> {
  const by = { via: set.via, employeeId: set.authorId, label: set.label };
  const [row] = await db.rows<{ n: number }>(splice`
    with moving as (
      select c.id, coalesce(j."into", c.person_id) as person_into,
             jsonb_build_object('id', c.client_id, 'personId', c.person_id, 'byHand', c.client_by_hand) as old,
             jsonb_build_object('id', ${way.into}::uuid, 'personId', coalesce(j."into", c.person_id), 'byHand', c.client_by_hand) as new
        from contact c
        left join jsonb_to_recordset(${json(joined)}::jsonb) as j("from" uuid, "into" uuid) on j."from" = c.person_id
       where c.client_id = ${way.from} and c.merged_into is null
         for no key update of c
    ), moved as (
      update contact c set client_id = ${way.into}, person_id = m.person_into from moving m where c.id = m.id
      returning c.id, m.old, m.new
    ), logged as (
      insert into change (set_id, via, author_id, entity, entity_id, client_id, field, old, new)
      select ${set.id}, ${set.via}, ${set.authorId}, 'contact', m.id, ${way.into}, 'client', m.old, m.new from moved m
    ), ${toldOfMoved(by)}
    select count(*)::int as n from moved`);
  return row?.n ?? 0;
}

/** How many contacts a client has; up to a limit that pages can say. */
export async function countContacts(db: Db, clientId: string): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`
    select count(*)::int as n from contact where client_id = ${clientId} and merged_into is null`);
  return row?.n ?? 0;
}
