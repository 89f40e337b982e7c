import { type Query, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';
import type { EventBy } from './events.ts';

/**
 * Parts of a statement that gives many contacts another client, by which other programs hear of it. They read the statement's
 * part `moved (id, old, new)`, `old` and `new` in the form of change rows. Contacts may be a hundred thousand: the rows never
 * leave the server, and nothing is written where nobody hears of it.
 */
export function toldOfMoved({ via, employeeId, label }: EventBy): Query {
  // Labels of people's sets are addresses, names and files: other programs are told ids.
  const by: EventBy = { via, employeeId, label: via === 'api' ? label : null };
  return sql`
    told_events as (
      insert into event (id, type, contact_id, client_id, streams, data)
      select gen_random_uuid(), 'contact.changed', c.id, (m.new ->> 'id')::uuid,
             array_remove(array[c.id, (m.new ->> 'id')::uuid, (m.old ->> 'id')::uuid], null),
             jsonb_build_object('contact', jsonb_build_object('id', c.id, 'state', c.state, 'version', c.version,
                                                              'channel', c.channel, 'clientId', m.new ->> 'id'),
                                'changed', '["client"]'::jsonb, 'by', ${json(by)}::jsonb)
        from moved m join contact c on c.id = m.id
       where is_told('contact.changed') and c.merged_into is null and c.state <> 'dismissed'
         and not (c.joined_to is not null and is_private(c))
      returning id
    ), called as (
      insert into outbox (job, ref) select 'notify', id from told_events limit 1
    )`;
}
