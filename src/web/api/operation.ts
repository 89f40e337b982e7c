import type { z } from 'zod';
import type { Scope } from '../../core/scope.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { ApiToken } from '../../store/access/tokens.ts';
import type { Db } from '../../store/base/db.ts';

/** What the API knows of the office and of the rest of the house. */
export interface ApiOffice {
  /** Requests of one token. */
  readonly perMinute: number;
  /** Two letters: telephone numbers without country code are read as of here. */
  readonly region: string | null;
  /** Match and assign, in this transaction: what is known of a contact before anybody writes about it. */
  readonly decide: (tx: Db, contactId: string) => Promise<void>;
  /** There is work in the outbox. */
  readonly kick: () => void;
}

/** One request, read and allowed. */
export interface Call<Query = unknown, Body = unknown> {
  /** What is written here is written together with the answer; reading calls get no transaction. */
  readonly db: Db;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly office: ApiOffice;
  readonly token: ApiToken;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** The version that the caller read, from If-Match; null: it did not say. */
  readonly ifMatch: string | null;
  /** May the caller read what clients wrote? */
  readonly may: (scope: Scope) => boolean;
}

export interface Answer {
  readonly status: 200 | 201 | 204;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One thing a program can do. docs/openapi.json is printed from these. */
export interface Operation {
  /** Its name in the OpenAPI document. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below /api/v1; `:name` stands for a part. */
  readonly path: string;
  readonly scope: Scope;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly answer: { readonly status: 200 | 201 | 204; readonly schema?: z.ZodType };
  /** Writing calls run in a transaction. */
  readonly writes: boolean;
  readonly run: (call: Call) => Promise<Answer>;
}

const none = 'none';

/** Ties what `run` gets to the schemas beside it. */
export function operation<Query extends z.ZodObject | typeof none, Body extends z.ZodObject | typeof none>(
  given: Omit<Operation, 'run' | 'query' | 'body' | 'writes'> & {
    readonly query: Query;
    readonly body: Body;
    readonly run: (
      call: Call<
        Query extends z.ZodObject ? z.output<Query> : unknown,
        Body extends z.ZodObject ? z.output<Body> : unknown
      >,
    ) => Promise<Answer>;
  },
): Operation;
export function operation(
  given: Omit<Operation, 'query' | 'body' | 'writes'> & {
    readonly query: z.ZodObject | typeof none;
    readonly body: z.ZodObject | typeof none;
  },
): Operation {
  const { query, body, ...rest } = given;
  return {
    ...rest,
    writes: rest.method !== 'GET',
    ...(query === none ? {} : { query }),
    ...(body === none ? {} : { body }),
  };
}
