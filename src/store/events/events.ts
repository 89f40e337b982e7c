import type { EventType } from '../../core/events.ts';
import { newId } from '../../ops/chance.ts';
import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';

/** By whom it happened, so that a program knows its own doing when it hears of it. */
export interface EventBy {
  readonly via: string;
  /** The employee; null: a program or the machine. */
  readonly employeeId: string | null;
  /** The API token; null: it was no program. */
  readonly label: string | null;
}

/** A change row, as far as it is told. */
export interface ToldChange {
  readonly entity: string;
  readonly entityId: string;
  readonly clientId: string | null;
  readonly field: string;
  readonly old: unknown;
  readonly new: unknown;
}

/** The fields of a contact whose change is told. */
const told: readonly string[] = ['state', 'gist', 'outcome', 'occasion', 'nextStep', 'client'];

/** Of one save of a contact, in its transaction and after the contact was written. */
export async function tellContactChange(
  db: Db,
  contactId: string,
  fields: readonly { readonly field: string; readonly old: unknown; readonly new: unknown }[],
  by: EventBy,
): Promise<void> {
  const changed = fields.map(({ field }) => field).filter((field) => told.includes(field));
  if (changed.length > 0) await storeContactEvents(db, [contactEvent(contactId, fields, changed, by)], false);
  if (touchesPrivacy(fields)) await storeContactEvents(db, await joinedEvents(db, [contactId], by), false);
}

/**
 * Of changes that go through change sets: one event for each client and each contact they are about. Only where somebody
 * hears of it: an import of a hundred thousand clients costs nothing where nobody listens.
 */
export async function tellChanges(db: Db, by: EventBy, changes: readonly ToldChange[]): Promise<void> {
  const contacts = groupBy(
    changes.filter(({ entity, field }) => entity === 'contact' && told.includes(field)),
    ({ entityId }) => entityId,
  );
  const clients = groupBy(
    changes.filter(
      ({ entity, clientId }) => clientId !== null && ['client', 'person', 'contact_point'].includes(entity),
    ),
    ({ clientId }) => clientId ?? '',
  );
  await storeClientEvents(
    db,
    [...clients].map(([clientId, rows]) => clientEvent(clientId, rows, by)),
  );
  await storeContactEvents(
    db,
    [...contacts].map(([id, rows]) =>
      contactEvent(
        id,
        rows,
        rows.map(({ field }) => field),
        by,
      ),
    ),
    true,
  );
  const hiding = [...contacts].filter(([, rows]) => touchesPrivacy(rows)).map(([id]) => id);
  await storeContactEvents(db, await joinedEvents(db, hiding, by), true);
}

/** Somebody called a contact private, or took it back. */
function touchesPrivacy(fields: readonly { readonly field: string; readonly old: unknown; readonly new: unknown }[]) {
  return fields.some((one) => one.field === 'outcome' && [one.old, one.new].includes('private'));
}

/** The mails that are asked about with these drafts are private with them: gone for other programs, or there again. */
async function joinedEvents(db: Db, draftIds: readonly string[], by: EventBy): Promise<readonly ContactEvent[]> {
  if (draftIds.length === 0) return [];
  const rows = await db.rows<{ id: string; hidden: boolean }>(sql`
    select c.id, is_private(c) as hidden from contact c
     where c.joined_to = any(${draftIds}::uuid[]) and c.state = 'bare' and c.merged_into is null
     order by c.id`);
  return rows.map(({ id, hidden }) => {
    const type = hidden ? 'contact.dismissed' : 'contact.changed';
    return { id: newId(), type, contactId: id, clients: [], changed: ['state'], by };
  });
}

/**
 * That somebody unknown got in touch: told with the first contact from his address, in the transaction that decided it.
 * Programs, backfills and addresses of our own are no strangers.
 */
export async function tellStranger(db: Db, contactId: string): Promise<void> {
  await db.rows(sql`
    with made as (
      insert into event (id, type, contact_id, streams, data)
      select ${newId()}, 'stranger.appeared', c.id, array[c.id],
             jsonb_build_object('contact', jsonb_build_object('id', c.id, 'state', c.state, 'version', c.version,
                                                              'channel', c.channel, 'clientId', null))
        from contact c
       where c.id = ${contactId} and c.merged_into is null and c.match ->> 'verdict' = 'stranger'
         and c.match ->> 'because' = 'nobody' and c.client_id is null and c.outside_norm is not null
         and c.asks and c.direction <> 'internal' and c.state not in ('automatic', 'dismissed')
         and not exists (select from contact o
                          where o.outside_norm = c.outside_norm and o.merged_into is null and o.id <> c.id
                            and o.decided_at is not null and o.state <> 'automatic')
         and not exists (select from event e
                          where e.type = 'stranger.appeared' and e.contact_id = c.id)
      returning id
    )
    insert into outbox (job, ref) select 'notify', id from made`);
}

interface ContactEvent {
  readonly id: string;
  readonly type: EventType;
  readonly contactId: string;
  /** Clients it was or is linked with beside the one that stands there now. */
  readonly clients: readonly string[];
  readonly changed: readonly string[];
  readonly by: EventBy;
}

function contactEvent(
  contactId: string,
  fields: readonly { readonly field: string; readonly old: unknown; readonly new: unknown }[],
  changed: readonly string[],
  by: EventBy,
): ContactEvent {
  const state = fields.find(({ field }) => field === 'state')?.new;
  const type =
    state === 'completed' ? 'contact.completed' : state === 'dismissed' ? 'contact.dismissed' : 'contact.changed';
  const client = fields.find(({ field }) => field === 'client');
  const clients = [clientIn(client?.old), clientIn(client?.new)].filter((id) => id !== null);
  return { id: newId(), type, contactId, clients, changed: [...new Set(changed)], by };
}

/** Changes of a contact's client hold it as an object with the person, or as its id alone. */
function clientIn(value: unknown): string | null {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
  return typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id) ? id : null;
}

/** Of what is dismissed, or private with what is, only that it is; of what people dismissed before, nothing. */
async function storeContactEvents(db: Db, events: readonly ContactEvent[], onlyHeard: boolean): Promise<void> {
  if (events.length === 0) return;
  await db.rows(sql`
    with made as (
      insert into event (id, type, contact_id, client_id, streams, data)
      select g.id, g.type, c.id, c.client_id, array_remove(array[c.id, c.client_id] || g.clients, null),
             case when h.hidden
                  then jsonb_build_object('contact', jsonb_build_object('id', c.id, 'state', 'dismissed', 'version', c.version))
                  else jsonb_build_object('contact', jsonb_build_object('id', c.id, 'state', c.state, 'version', c.version,
                                                                        'channel', c.channel, 'clientId', c.client_id),
                                          'changed', g.changed, 'by', g.by) end
        from rows from (jsonb_to_recordset(${json(events)}::jsonb)
             as (id uuid, type text, "contactId" uuid, clients uuid[], changed jsonb, by jsonb))
             with ordinality as g(id, type, "contactId", clients, changed, by, n)
        join contact c on c.id = g."contactId"
       cross join lateral (select c.state = 'dismissed' or c.joined_to is not null and is_private(c) as hidden) h
       where c.merged_into is null and (not h.hidden or g.type = 'contact.dismissed')
         and (not ${onlyHeard}::boolean or is_told(g.type))
       order by g.n
      returning id
    )
    insert into outbox (job, ref) select 'notify', id from made order by id limit 1`);
}

interface ClientEvent {
  readonly id: string;
  readonly type: EventType;
  readonly clientId: string;
  readonly streams: readonly string[];
  readonly data: unknown;
}

function clientEvent(clientId: string, changes: readonly ToldChange[], by: EventBy): ClientEvent {
  const own = changes.filter(({ entity }) => entity === 'client');
  const mergedInto = own.find(({ field }) => field === 'mergedInto')?.new;
  const type = own.some(({ field }) => field === 'created')
    ? 'client.created'
    : typeof mergedInto === 'string'
      ? 'client.merged'
      : 'client.changed';
  const into = clientIn(mergedInto);
  return {
    id: newId(),
    type,
    clientId,
    streams: [clientId, ...(into === null ? [] : [into])],
    data: {
      client: { id: clientId, ...(into === null ? {} : { mergedInto: into }) },
      changed: [...groupBy(changes, ({ entity, entityId }) => `${entity} ${entityId}`).values()]
        .slice(0, mostNamed)
        .map((rows) => ({
          what: words[rows[0]?.entity ?? ''] ?? 'client',
          id: rows[0]?.entityId,
          fields: [...new Set(rows.map(({ field }) => field))],
        })),
      by,
    },
  };
}

/** A client with ten thousand addresses does not make a webhook of a megabyte: who hears of it reads the client anyway. */
const mostNamed = 50;
const words: Readonly<Record<string, string>> = { client: 'client', person: 'person', contact_point: 'point' };

async function storeClientEvents(db: Db, events: readonly ClientEvent[]): Promise<void> {
  if (events.length === 0) return;
  await db.rows(sql`
    with made as (
      insert into event (id, type, client_id, streams, data)
      select g.id, g.type, g."clientId", g.streams, g.data
        from rows from (jsonb_to_recordset(${json(events)}::jsonb)
             as (id uuid, type text, "clientId" uuid, streams uuid[], data jsonb))
             with ordinality as g(id, type, "clientId", streams, data, n)
       where is_told(g.type)
       order by g.n
      returning id
    )
    insert into outbox (job, ref) select 'notify', id from made order by id limit 1`);
}

function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const name = key(row);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return groups;
}
