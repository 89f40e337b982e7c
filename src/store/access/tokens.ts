import type { Scope } from '../../core/scope.ts';
import { type Db, sql } from '../base/db.ts';

/** A program that may come. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  /** Whose keys of clients it speaks of. */
  readonly source: string;
  readonly scopes: readonly Scope[];
}

/** Makes a token; the token itself is not kept. False: a valid one of this name is there. */
export async function addToken(
  db: Db,
  token: Omit<ApiToken, 'id'> & { readonly hash: Buffer; readonly expiresAt: Date | null },
): Promise<boolean> {
  const rows = await db.rows(sql`
    insert into api_token (name, source, token_hash, scopes, expires_at)
    values (${token.name}, ${token.source}, ${token.hash}, ${[...token.scopes]}::text[], coalesce(${token.expiresAt}::timestamptz, 'infinity'))
        on conflict (name) where revoked_at is null do nothing
    returning 1`);
  return rows.length > 0;
}

/** Whose token this is, null when nobody's, expired or revoked. Notes at most once a minute that it was used. */
export async function tokenOf(db: Db, hash: Buffer, now: Date): Promise<ApiToken | null> {
  const [row] = await db.rows<ApiToken & { readonly usedAt: Date | null }>(sql`
    select id, name, source, scopes, used_at as "usedAt"
      from api_token where token_hash = ${hash} and revoked_at is null and ${now} < expires_at`);
  if (row === undefined) return null;
  const { usedAt, ...token } = row;
  if (usedAt === null || now.getTime() - usedAt.getTime() > 60_000)
    await db.rows(sql`update api_token set used_at = ${now} where id = ${token.id}`);
  return token;
}

/** Every token there ever was, newest first. */
export function tokens(db: Db): Promise<
  (Omit<ApiToken, 'id'> & {
    readonly createdAt: Date;
    readonly expiresAt: Date | null;
    readonly usedAt: Date | null;
    readonly revokedAt: Date | null;
  })[]
> {
  return db.rows(sql`
    select name, source, scopes, created_at as "createdAt", nullif(expires_at, 'infinity') as "expiresAt",
           used_at as "usedAt", revoked_at as "revokedAt"
      from api_token order by created_at desc, name`);
}

/** From now on it opens nothing. False: there is no valid one of this name. */
export async function revokeToken(db: Db, name: string, now: Date): Promise<boolean> {
  const rows = await db.rows(
    sql`update api_token set revoked_at = ${now} where name = ${name} and revoked_at is null returning 1`,
  );
  return rows.length > 0;
}
