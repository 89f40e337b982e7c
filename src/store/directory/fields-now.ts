import type { Db } from '../base/db.ts';
import { lockContactValues } from '../contacts/fields.ts';
import { lockValues, type PointValues } from './fields.ts';

const entities = ['client', 'person', 'contact_point', 'employee'] as const;

/** What a field says now, as change rows write it; undefined: there is no such field. */
export function valueNow(db: Db, entity: string, id: string, field: string): Promise<unknown> {
  // The locks of the readers end with the statement's own transaction.
  return db.transaction(async (tx) => {
    const known = entities.find((one) => one === entity);
    const values =
      known === undefined
        ? entity === 'contact' && (await lockContactValues(tx, [id])).get(id)
        : (await lockValues(tx, known, [id])).get(id);
    return new Map<string, unknown>(Object.entries(values || {})).get(field);
  });
}

/** All that is said of an address now; null: there is no such row. */
export function pointNow(db: Db, id: string): Promise<PointValues | null> {
  return db.transaction(async (tx) => (await lockValues(tx, 'contact_point', [id])).get(id) ?? null);
}
