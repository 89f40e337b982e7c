import type { FieldChange, Human } from '../../core/contact/human.ts';
import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';
import { tellContactChange } from '../events/events.ts';

export interface Authorship {
  readonly authorId: string | null;
  readonly via: 'link' | 'session' | 'mail' | 'import' | 'api' | 'machine';
  /** The set the changes belong to, and what it says of who made it (an API token); absent: the author says enough. */
  readonly set?: { readonly id: string; readonly label: string | null };
}

/** What people may change of a contact, locked until the transaction ends; null when there is no such contact. */
export async function lockHuman(db: Db, contactId: string): Promise<Human | null> {
  const rows = await db.rows<Human>(sql`
    select c.id, c.version, c.owner_id as "ownerId", c.state, c.gist, c.outcome_by_hand as outcome,
           c.occasion_id as occasion, c.next_step as "nextStep", c.call_back as "callBack",
           case when c.client_id is null and not c.client_by_hand then null
                else jsonb_build_object('id', c.client_id, 'personId', c.person_id, 'byHand', c.client_by_hand) end as client,
           case when c.completed_at is null then null
                else jsonb_build_object('at', to_char(c.completed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                                        'by', c.completed_by) end as completed
      from contact c
     where c.id = ${contactId} and c.merged_into is null
       for no key update of c`);
  return rows[0] ?? null;
}

/** Writes a person's decision; `typing` is what the form shows next time while the contact is a draft. */
export async function writeHuman(db: Db, human: Human, typing: string | null): Promise<void> {
  await db.rows(sql`
    update contact
       set version = ${human.version}, state = ${human.state}, gist = ${human.gist}, outcome_by_hand = ${human.outcome},
           occasion_id = ${human.occasion}, next_step = ${human.nextStep === null ? null : json(human.nextStep)},
           call_back = ${human.callBack}, client_id = ${human.client?.id ?? null}, person_id = ${human.client?.personId ?? null},
           client_by_hand = ${human.client?.byHand ?? false}, client_late = false, completed_at = ${human.completed?.at ?? null},
           completed_by = ${human.completed?.by ?? null}, typing = ${typing},
           dismiss_reason = ${human.state === 'dismissed' ? human.outcome : null}
     where id = ${human.id}`);
}

/**
 * Appends the changes of one save of a contact, in the order given, and has the company's CRM told; after the contact was
 * written. `edit`: the contact's version after it.
 */
export async function recordContactChanges(
  db: Db,
  change: {
    readonly contactId: string;
    readonly clientId: string | null;
    readonly edit: number;
    readonly at: Date;
  },
  by: Authorship,
  fields: readonly FieldChange[],
): Promise<void> {
  const rows = fields.map((f) => ({
    field: f.field,
    old: f.old ?? null,
    new: f.new ?? null,
    undoes: f.undoes ?? null,
  }));
  await db.rows(sql`
    insert into change (set_id, at, author_id, via, entity, entity_id, client_id, field, old, new, undoes, edit)
    select ${by.set?.id ?? null}::bigint, ${change.at}, ${by.authorId}, ${by.via}, 'contact', ${change.contactId}, ${change.clientId},
           f.field, nullif(f.old, 'null'::jsonb), nullif(f.new, 'null'::jsonb), f.undoes, ${change.edit}
      from rows from (jsonb_to_recordset(${json(rows)}::jsonb)
             as (field text, old jsonb, new jsonb, undoes bigint)) with ordinality as f(field, old, new, undoes, n)
     order by f.n`);
  const { authorId: employeeId, via, set } = by;
  await tellContactChange(db, change.contactId, fields, {
    via,
    employeeId,
    label: via === 'api' ? (set?.label ?? null) : null,
  });
}

/** One change of a contact, to be taken back; null: there is none of this id. */
export async function contactChange(
  db: Db,
  changeId: string,
): Promise<{
  readonly id: string;
  readonly contactId: string;
  readonly setId: string | null;
  readonly field: string;
  readonly old: unknown;
} | null> {
  const [row] = await db.rows<{ id: string; contactId: string; setId: string | null; field: string; old: unknown }>(sql`
    select id::text, entity_id as "contactId", set_id::text as "setId", field, old
      from change where id = ${changeId}::bigint and entity = 'contact'`);
  return row ?? null;
}

/** The rows of one save that nobody has taken back yet, in the order they were written. */
export function changesOfEdit(
  db: Db,
  contactId: string,
  edit: number,
): Promise<(FieldChange & { readonly id: string; readonly authorId: string | null })[]> {
  return db.rows(sql`
    select c.id::text, c.author_id as "authorId", c.field, c.old, c.new
      from change c
     where c.entity_id = ${contactId} and c.edit = ${edit}
       and not exists (select from change later where later.undoes = c.id)
     order by c.id`);
}

/** Keeps what the owner has typed so far; changes nothing else, and nothing at all once the contact is no draft. */
export async function keepTyping(db: Db, contactId: string, ownerId: string, text: string | null): Promise<boolean> {
  const rows = await db.rows(sql`
    update contact set typing = ${text}
     where id = ${contactId} and owner_id = ${ownerId} and state = 'draft' and merged_into is null
    returning id`);
  return rows.length > 0;
}

/** Employees of ours whose phones talked in this call. */
export async function talkersOf(db: Db, contactId: string): Promise<readonly { id: string; name: string }[]> {
  return db.rows(sql`
    select distinct e.id, e.name
      from contact c
      cross join lateral jsonb_array_elements(
        case when jsonb_typeof(c.facts #> '{details,call,talks}') = 'array' then c.facts #> '{details,call,talks}' else '[]' end) t
      join contact_point p on p.kind = 'extension' and p.address = t ->> 'who' and p.employee_id is not null
                          and p.since <= c.started_at and c.started_at < p.until
      join employee e on e.id = p.employee_id
     where c.id = ${contactId}
     order by e.name`);
}
