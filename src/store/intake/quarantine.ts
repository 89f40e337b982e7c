import { type Db, sql } from '../base/db.ts';

/** One input set aside for a person. */
export interface Quarantined {
  readonly id: number;
  readonly connector: string;
  readonly at: Date;
  /** Code of the fault. */
  readonly fault: string;
  readonly facts: Readonly<Record<string, unknown>> | null;
  /** Of a mail: its row, where its bytes stand. */
  readonly mailId: string | null;
  readonly resolvedAt: Date | null;
}

/** Newest first; those that are settled only where they are asked for. */
export function quarantined(
  db: Db,
  asked: { readonly connector: string | null; readonly settledToo: boolean; readonly limit: number },
): Promise<Quarantined[]> {
  return db.rows(sql`
    select id, connector, at, fault, facts, facts ->> 'mail' as "mailId", resolved_at as "resolvedAt"
      from quarantine
     where (${asked.connector}::text is null or connector = ${asked.connector})
       and (${asked.settledToo} or resolved_at is null)
     order by id desc
     limit ${asked.limit}`);
}

/** One of them with what the source said; null: there is none of this number. */
export async function quarantinedOne(db: Db, id: number): Promise<(Quarantined & { readonly raw: string }) | null> {
  const [row] = await db.rows<Quarantined & { raw: string }>(sql`
    select id, connector, at, fault, facts, facts ->> 'mail' as "mailId", resolved_at as "resolvedAt", raw
      from quarantine where id = ${id}`);
  return row ?? null;
}

export async function settleQuarantined(db: Db, id: number): Promise<void> {
  await db.rows(sql`update quarantine set resolved_at = now() where id = ${id} and resolved_at is null`);
}
