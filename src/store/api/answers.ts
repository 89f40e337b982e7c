import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';

/** What was answered to a request. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AnswerKey {
  readonly tokenId: string;
  /** The Idempotency-Key. */
  readonly key: string;
  /** sha256 of what was asked. */
  readonly requestHash: Buffer;
}

export type Claimed =
  | { readonly kind: 'new' }
  | { readonly kind: 'again'; readonly answer: KeptAnswer }
  | { readonly kind: 'other' }; // the key was used for something else

/**
 * Takes the key, in the transaction that does what is asked. Of two requests at once the second waits here until the first is
 * through, and gets its answer; if the first failed, it is the first now. Answers of before `forgetBefore` do not count.
 */
export async function claimAnswer(tx: Db, of: AnswerKey, now: Date, forgetBefore: Date): Promise<Claimed> {
  const claimed = await tx.rows(sql`
    insert into api_answer as a (token_id, key, request_hash, created_at)
    values (${of.tokenId}, ${of.key}, ${of.requestHash}, ${now})
        on conflict (token_id, key) do update
           set request_hash = excluded.request_hash, created_at = excluded.created_at
         where a.created_at < ${forgetBefore}
    returning 1`);
  if (claimed.length > 0) return { kind: 'new' };
  const [row] = await tx.rows<KeptAnswer & { readonly requestHash: Buffer }>(sql`
    select request_hash as "requestHash", status, headers, body
      from api_answer where token_id = ${of.tokenId} and key = ${of.key}`);
  if (row === undefined || !row.requestHash.equals(of.requestHash)) return { kind: 'other' };
  return { kind: 'again', answer: { status: row.status, headers: row.headers, body: row.body } };
}

export async function keepAnswer(tx: Db, of: AnswerKey, answer: KeptAnswer): Promise<void> {
  await tx.rows(sql`
    update api_answer set status = ${answer.status}, headers = ${json(answer.headers)}::jsonb, body = ${answer.body}
     where token_id = ${of.tokenId} and key = ${of.key}`);
}
