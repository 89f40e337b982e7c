import type { Scope } from '../../src/core/scope.ts';
import { apiTokenText, hashOf } from '../../src/core/token.ts';
import { randomBytes } from '../../src/ops/chance.ts';
import { addToken } from '../../src/store/access/tokens.ts';
import type { Db } from '../../src/store/base/db.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not there
  readonly body: any;
  readonly text: string;
}

/** A program as the CRM's maker would write it: JSON over fetch, nothing else. */
export async function apiClient(
  db: Db,
  url: string,
  scopes: readonly Scope[],
  given: { readonly name?: string; readonly source?: string } = {},
) {
  const name = given.name ?? `crm-${randomBytes(4).toString('hex')}`;
  const source = given.source ?? name;
  const token = apiTokenText(randomBytes(32));
  await addToken(db, { name, source, scopes, hash: hashOf(token), expiresAt: null });
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiAnswer> => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: text === '' ? null : JSON.parse(text) };
  };
  return { call, token, name, source };
}
