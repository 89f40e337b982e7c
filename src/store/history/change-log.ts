import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';
import { tellChanges } from '../events/events.ts';

export type ChangeVia = 'session' | 'link' | 'mail' | 'import' | 'api' | 'machine';

/** Why a set of changes was made. */
export interface ChangeSetHead {
  readonly kind: 'edit' | 'import' | 'merge' | 'rematch' | 'rollback';
  readonly via: ChangeVia;
  /** Employee; null: the machine. */
  readonly authorId: string | null;
  /** The file, the source, the API token; null: the author says enough. */
  readonly label: string | null;
  readonly facts?: unknown;
  /** The set that this one takes back. */
  readonly undoes?: string;
}

/** A set that changes can be written to: what they all share. */
export interface ChangeSet {
  readonly id: string;
  readonly via: ChangeVia;
  readonly authorId: string | null;
  readonly label: string | null;
}

/** Opens a set of changes that belong together; in the transaction that makes them. */
export async function openChangeSet(db: Db, head: ChangeSetHead): Promise<ChangeSet> {
  const [row] = await db.rows<{ id: string }>(sql`
    insert into change_set (kind, via, author_id, label, facts, undoes)
    values (${head.kind}, ${head.via}, ${head.authorId}, ${head.label},
            ${head.facts === undefined ? null : json(head.facts)}::jsonb, ${head.undoes ?? null})
    returning id::text`);
  return { id: row?.id ?? '', via: head.via, authorId: head.authorId, label: head.label };
}

/** What a set did, told when it is known. */
export async function describeChangeSet(db: Db, setId: string, facts: unknown): Promise<void> {
  await db.rows(sql`update change_set set facts = ${json(facts)}::jsonb where id = ${setId}`);
}

export interface Change {
  readonly entity: 'contact' | 'client' | 'person' | 'contact_point' | 'employee' | 'absence' | 'department';
  readonly entityId: string;
  /** Whose timeline shows it. */
  readonly clientId: string | null;
  /** `created`, or the name of the field. */
  readonly field: string;
  readonly old: unknown;
  readonly new: unknown;
  /** The change row that this one takes back. */
  readonly undoes?: string;
}

/** Appends changes in the order given, and has the company's CRM told of them. */
export async function recordChanges(db: Db, set: ChangeSet, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  await db.rows(sql`
    insert into change (set_id, via, author_id, entity, entity_id, client_id, field, old, new, undoes)
    select ${set.id}, ${set.via}, ${set.authorId}, r.entity, r."entityId", r."clientId", r.field,
           nullif(r.old, 'null'::jsonb), nullif(r.new, 'null'::jsonb), r.undoes
      from rows from (jsonb_to_recordset(${json(changes)}::jsonb)
             as (entity text, "entityId" uuid, "clientId" uuid, field text, old jsonb, new jsonb, undoes bigint))
             with ordinality as r(entity, "entityId", "clientId", field, old, new, undoes, n)
     order by r.n`);
  // Labels of people's sets are addresses, names and files: other programs are told ids.
  const label = set.via === 'api' ? set.label : null;
  await tellChanges(db, { via: set.via, employeeId: set.authorId, label }, changes);
}

/** Writes changes to a set that is opened with the first of them: what changes nothing leaves no set. */
export interface ChangeLog {
  record(changes: readonly Change[]): Promise<void>;
  /** The set, for what writes its changes itself; to be asked for only when something changes. */
  open(): Promise<ChangeSet>;
  /** Null: nothing was recorded. */
  readonly set: ChangeSet | null;
}

export function changeLog(db: Db, head: ChangeSetHead): ChangeLog {
  let set: ChangeSet | null = null;
  const open = async () => {
    set ??= await openChangeSet(db, head);
    return set;
  };
  return {
    open,
    async record(changes) {
      if (changes.length > 0) await recordChanges(db, await open(), changes);
    },
    get set() {
      return set;
    },
  };
}
