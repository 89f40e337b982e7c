import { z } from 'zod';
import { type Mark, settledUntil } from '../../store/api/page.ts';
import type { Db } from '../../store/base/db.ts';
import { Problem } from './problem.ts';

/** The part of every list's query. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).describe('how many at most').default(50),
  cursor: z.string().max(400).describe('`next` of the page before; as it came').optional(),
};
export const updatedSince = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .describe('only what changed since then');

/** A page of `items`. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z
      .string()
      .describe(
        'the cursor of the next page; after the last page of what changed from then on: keep it to stay in step',
      ),
    more: z.boolean().describe('is there a next page now?'),
  });
}

const Cursor = z.strictObject({
  at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
  id: z.uuid(),
  /** The moment from which a transaction may still add rows that were passed over; absent: none could. */
  floor: z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    .optional(),
});
type Cursor = z.output<typeof Cursor>;

const firstId = '00000000-0000-0000-0000-000000000000';

/** @throws Problem invalid for anything that is no cursor of ours */
export function readCursor(text: string | undefined): Cursor | null {
  if (text === undefined) return null;
  try {
    const read = Cursor.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    if (read.success && isMoment(read.data.at) && (read.data.floor === undefined || isMoment(read.data.floor)))
      return read.data;
  } catch {
    // no JSON: told like anything else that is no cursor
  }
  const detail = 'this is no cursor of ours: pass `next` of a page as it came, or begin without one';
  throw new Problem('invalid', detail, { errors: [{ parameter: 'cursor', detail }] });
}

/** A moment of the calendar: the database takes no 30th of February and no year 0. */
function isMoment(at: string): boolean {
  const ms = Date.parse(at);
  return !Number.isNaN(ms) && !at.startsWith('0000') && new Date(ms).toISOString().slice(0, 19) === at.slice(0, 19);
}

function write(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/**
 * One page, and where the next begins. Rows come in the order they changed. Within one run every row comes once; the cursor
 * behind the last page goes back to the moment from which a transaction that had not ended may still have added something:
 * what changed just now may come twice, and nothing is missed.
 */
export async function onePage<Row extends { readonly id: string; readonly updatedAt: string }>(
  db: Db,
  query: { readonly limit: number; readonly cursor?: string | undefined },
  read: (wish: { readonly after: Mark | null; readonly limit: number }) => Promise<Row[]>,
) {
  const cursor = readCursor(query.cursor);
  const settled = await settledUntil(db); // before reading: what ends later is not seen, and not counted as seen
  const rows = await read({ after: cursor, limit: query.limit + 1 });
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  const reached: Mark =
    last === undefined ? (cursor ?? { at: settled, id: firstId }) : { at: last.updatedAt, id: last.id };
  const open = reached.at >= settled ? [settled] : [];
  const [floor] = [...(cursor?.floor === undefined ? [] : [cursor.floor]), ...open].sort();
  const more = rows.length > query.limit;
  const from = more || floor === undefined ? { at: reached.at, id: reached.id } : { at: floor, id: firstId };
  return { items, next: write(more && floor !== undefined ? { ...from, floor } : from), more };
}
