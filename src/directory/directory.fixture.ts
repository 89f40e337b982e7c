import { newId } from '../ops/chance.ts';
import { type Db, sql } from '../store/base/db.ts';

/** Everything that is there, by what it is and its id: what was taken back is not there, and when a row was written last is no value of it. */
export async function snapshot(db: Db): Promise<ReadonlyMap<string, unknown>> {
  const rows = await db.rows<{ what: string; values: unknown }>(sql`
    select 'client ' || id as what, to_jsonb(c) - 'key' - 'created_at' - 'updated_at' as values from client c where removed_at is null
    union all
    select 'person ' || id, to_jsonb(p) - 'updated_at' from person p where removed_at is null
    union all
    select 'point ' || id, to_jsonb(p) - 'updated_at' from contact_point p where since < until
    union all
    select 'contact ' || id, jsonb_build_object('client', client_id, 'person', person_id, 'byHand', client_by_hand,
                                                'state', state, 'gist', gist)
      from contact
     order by 1`);
  return new Map(rows.map(({ what, values }) => [what, values]));
}

/** A contact with a client, decided and completed. */
export async function addContact(
  db: Db,
  contact: {
    readonly ownerId: string;
    readonly clientId: string | null;
    readonly personId?: string | null;
    readonly address?: string;
    readonly state?: 'completed' | 'draft';
    readonly at?: string;
  },
): Promise<string> {
  const id = newId();
  const at = contact.at ?? '2026-01-05T10:00:00Z';
  const state = contact.state ?? 'completed';
  await db.rows(sql`
    insert into contact (id, channel, direction, started_at, ended_at, outside_kind, outside, outside_norm, connector, facts, state,
                         owner_id, decided_at, match, client_id, person_id, gist)
    values (${id}, 'call', 'inbound', ${at}::timestamptz, ${at}::timestamptz, 'phone', ${contact.address ?? '+380671234567'},
            ${contact.address ?? '+380671234567'}, 'pbx', '{}', ${state}, ${contact.ownerId}, now(),
            ${contact.clientId === null ? '{"verdict":"stranger","candidates":[]}' : '{"verdict":"client","candidates":[]}'},
            ${contact.clientId}, ${contact.personId ?? null}, ${state === 'completed' ? 'Said.' : null})`);
  return id;
}

export async function addEmployee(db: Db, name: string, role: 'employee' | 'supervisor' = 'employee'): Promise<string> {
  const id = newId();
  await db.rows(sql`insert into employee (id, key, name, role) values (${id}, ${id}, ${name}, ${role})`);
  return id;
}
