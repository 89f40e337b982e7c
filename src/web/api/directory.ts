import { createPoint, type PointDraft } from '../../directory/edit.ts';
import { isEmployee } from '../../store/api/directory.ts';
import type { Db } from '../../store/base/db.ts';
import { type ChangeSet, openChangeSet } from '../../store/history/change-log.ts';
import type { Call } from './operation.ts';
import { Problem, wrongField } from './problem.ts';
import type { NewPoint } from './schemas.ts';

/** The set to which everything one request changes belongs, with the token's name on it. */
export function setOf({ db, token }: Pick<Call, 'db' | 'token'>): Promise<ChangeSet> {
  return openChangeSet(db, { kind: 'edit', via: 'api', authorId: null, label: token.name });
}

type Owner = PointDraft['owner'];

/**
 * Adds addresses that are missing. @returns ids of those made
 * @throws Problem invalid, with the place of the one that is no address
 */
export async function addPoints(
  { db, office }: Pick<Call, 'db' | 'office'>,
  set: ChangeSet,
  owner: Owner,
  points: readonly NewPoint[],
  pointer: (index: number) => string,
): Promise<readonly string[]> {
  const made: string[] = [];
  for (const [index, { address, ...point }] of points.entries()) {
    const draft: PointDraft = { ...definedOf(point), kind: point.kind, raw: address, owner };
    const done = await createPoint(db, set, draft, office.region);
    if (done.kind === 'unreadable')
      throw wrongField(pointer(index), `${done.reason}, found ${JSON.stringify(address)}`);
    made.push(...done.ids);
  }
  return made;
}

/** Without what was left out: under exactOptionalPropertyTypes `undefined` is not the same. */
export function definedOf<T extends object>(given: T): { [Key in keyof T]: Exclude<T[Key], undefined> };
export function definedOf(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** @throws Problem invalid when nobody has this id */
export async function mustBeEmployee(db: Db, id: string | null | undefined, pointer: string): Promise<void> {
  if (id === null || id === undefined || (await isEmployee(db, id))) return;
  throw wrongField(pointer, 'there is no employee with this id, see GET /employees');
}

/** The caller said which version he read: is it the one that stands? @throws Problem stale */
export function mustMatch(ifMatch: string | null, etag: string): void {
  if (ifMatch !== null && ifMatch !== '*' && ifMatch !== etag)
    throw new Problem('stale', 'read it again, put your change on what stands there now, and send it once more', {
      headers: { etag: `"${etag}"` },
    });
}

/** The answer with one thing in it, and its version. */
export function oneThing<Thing>(status: 200 | 201, thing: Thing, etag: string, location?: string) {
  return {
    status,
    body: thing,
    headers: { etag: `"${etag}"`, ...(location === undefined ? {} : { location }) },
  };
}

/** A moment of ISO as change rows write it; null: without end on that side. */
export function instantOf(moment: string | null, infinite: '-infinity' | 'infinity'): string {
  return moment === null ? infinite : new Date(moment).toISOString().replace('Z', '000Z');
}
