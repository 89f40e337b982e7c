import { type Db, sql } from '../base/db.ts';

/** Where a page of the timeline ends: the next one begins after it. `at` has microseconds, so it stays text. */
export interface TimelineMark {
  readonly at: string;
  readonly key: string;
}

export type TimelineItem = TimelineMark &
  (
    | { readonly kind: 'contact'; readonly contactId: string }
    | {
        readonly kind: 'change';
        /** Empty of a line that stands for many. */
        readonly changeId: string;
        readonly changedAt: Date;
        /** Whom or what it is of: a person's name, an address, the name of a client that came in by a merge. */
        readonly subject: string | null;
        readonly setId: string | null;
        readonly setKind: string | null;
        readonly entity: string;
        /** `lookBack`: contacts that a look back at the past gave him or took from him, `new` says how many, and the address. */
        readonly field: string;
        readonly old: unknown;
        readonly new: unknown;
        readonly authorName: string | null;
        readonly via: string;
        readonly undoes: boolean;
      }
  );

/**
 * A client's history, newest first: his contacts (but those dismissed) and the changes of his data and of his contacts (of private ones nothing), with
 * those of the clients that were merged into him. The first time something was written is no change; of a merge, and of a look
 * back at the past, one line stands for all that moved; what was given to another client stands with both. `after`: the mark of the last item of the page before.
 */
export function timeline(db: Db, clientId: string, after: TimelineMark | null, limit: number): Promise<TimelineItem[]> {
  const at = after?.at ?? 'infinity';
  const key = after?.key ?? '';
  return db.rows(sql`
    with contacts as (
      select 'contact' as kind, c.started_at as t, 'c' || c.id as key, c.id as "contactId", null::bigint as change_id
        from client_family(${clientId}) as f
        cross join lateral (
          select c.id, c.started_at from contact c
           where c.client_id = f and c.merged_into is null and c.state <> 'dismissed' and not is_private(c)
             and (c.started_at, 'c' || c.id) < (${at}::timestamptz, ${key})
           order by c.started_at desc, 'c' || c.id desc limit ${limit}) as c
    ), changes as (
      select 'change' as kind, h.at as t, 'h' || lpad(h.id::text, 19, '0') as key, null::uuid as "contactId", h.id as change_id
        from client_family(${clientId}) as f
        cross join lateral (
          select h.id, h.at from change h
            left join change_set s on s.id = h.set_id
            left join change_set u on u.id = s.undoes
           where h.client_id = f
             and (h.entity <> 'contact' or h.old is not null and h.field in ('gist', 'client', 'occasion', 'outcome', 'nextStep')
                  and not exists (select from contact c where c.id = h.entity_id and is_private(c)))
             and (h.field in ('merged', 'mergedInto')
                  or coalesce(s.kind, '') not in ('merge', 'rematch') and coalesce(u.kind, '') not in ('merge', 'rematch'))
             and (h.field <> 'mergedInto' or h.client_id = ${clientId})
             and (h.at, 'h' || lpad(h.id::text, 19, '0')) < (${at}::timestamptz, ${key})
           order by h.at desc, h.id desc limit ${limit}) as h
    ), given_away as (
      select 'change' as kind, h.at as t, 'h' || lpad(h.id::text, 19, '0') as key, null::uuid as "contactId", h.id as change_id
        from client_family(${clientId}) as f
        cross join lateral (
          select h.id, h.at from change h
            left join change_set s on s.id = h.set_id
            left join change_set u on u.id = s.undoes
           where h.entity = 'contact' and h.field = 'client' and h.old ->> 'id' = f::text
             and h.client_id not in (select client_family(${clientId}))
             and coalesce(s.kind, '') not in ('merge', 'rematch') and coalesce(u.kind, '') not in ('merge', 'rematch')
             and not exists (select from contact c where c.id = h.entity_id and is_private(c))
             and (h.at, 'h' || lpad(h.id::text, 19, '0')) < (${at}::timestamptz, ${key})
           order by h.at desc, h.id desc limit ${limit}) as h
    ), moves as (
      select m.at as t, 's' || lpad(m.set_id::text, 19, '0') as key, m.set_id, sum(m.came)::int as came, sum(m.went)::int as went
        from client_family(${clientId}) as f
        cross join lateral (
          select m.* from client_moves m
           where m.client_id = f and (m.at, 's' || lpad(m.set_id::text, 19, '0')) < (${at}::timestamptz, ${key})
           order by m.at desc, m.set_id desc limit ${limit}) as m
       group by m.set_id, m.at
    )
    select i.kind, to_char(i.t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, i.key, i."contactId",
           coalesce(h.id::text, '') as "changeId", i.t as "changedAt", coalesce(h.entity, 'client') as entity,
           coalesce(h.field, 'lookBack') as field, e.name as "authorName", coalesce(h.via, s.via) as via,
           coalesce(h.undoes, s.undoes) is not null as undoes, s.id::text as "setId", s.kind as "setKind",
           case h.entity when 'person' then (select p.name from person p where p.id = h.entity_id)
                         when 'contact_point' then (select p.address from contact_point p where p.id = h.entity_id) end as subject,
           case h.field when 'occasion' then (select to_jsonb(o.name) from occasion o where o.id::text = h.old #>> '{}')
                        when 'client' then (select to_jsonb(c.name) from client c where c.id::text = h.old ->> 'id')
                        when 'responsibleId' then (select to_jsonb(r.name) from employee r where r.id::text = h.old #>> '{}')
                        when 'mergedInto' then (select to_jsonb(c.name) from client c where c.id::text = h.old #>> '{}')
                        else h.old end as old,
           case coalesce(h.field, 'lookBack')
                        when 'lookBack' then jsonb_build_object('came', i.came, 'went', i.went, 'address', coalesce(s.label, u.label))
                        when 'occasion' then (select to_jsonb(o.name) from occasion o where o.id::text = h.new #>> '{}')
                        when 'client' then (select to_jsonb(c.name) from client c where c.id::text = h.new ->> 'id')
                        when 'responsibleId' then (select to_jsonb(r.name) from employee r where r.id::text = h.new #>> '{}')
                        when 'mergedInto' then (select to_jsonb(c.name) from client c where c.id::text = h.new #>> '{}')
                        else h.new end as new
      from (select c.*, null::bigint as set_id, 0 as came, 0 as went
              from (select * from contacts union all select * from changes union all select * from given_away) c
            union all select 'change', t, key, null, null, set_id, came, went from moves) i
      left join change h on h.id = i.change_id
      left join change_set s on s.id = coalesce(h.set_id, i.set_id)
      left join change_set u on u.id = s.undoes
      left join employee e on e.id = coalesce(h.author_id, case when h.id is null then s.author_id end)
     order by i.t desc, i.key desc
     limit ${limit}`);
}
