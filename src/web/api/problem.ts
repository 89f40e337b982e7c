/** One thing that is wrong with what was sent. */
export interface Flaw {
  /** JSON pointer (RFC 6901) into the body, or the name of a query parameter or header. */
  readonly pointer?: string;
  readonly parameter?: string;
  readonly header?: string;
  readonly detail: string;
}

const titles = {
  'bad-request': [400, 'The request is not understood'],
  'not-signed-in': [401, 'The request needs a valid token'],
  forbidden: [403, 'The token does not allow this'],
  'not-found': [404, 'There is no such thing, or it may not leave'],
  'wrong-method': [405, 'This cannot be done here'],
  exists: [409, 'It is there already'],
  conflict: [409, 'Something else happened at the same moment'],
  joined: [410, 'It turned out to be part of another'],
  stale: [412, 'It was changed since you read it'],
  'too-large': [413, 'The body is too large'],
  'too-long': [414, 'The address is too long'],
  'wrong-type': [415, 'The body is not JSON'],
  invalid: [422, 'What was sent cannot be taken'],
  'key-reused': [422, 'The Idempotency-Key was used for another request'],
  'version-missing': [428, 'Say which version you read'],
  'too-many': [429, 'Too many requests'],
  broken: [500, 'Something broke here'],
  unavailable: [503, 'Nothing can be stored at the moment'],
} as const;
export type ProblemCode = keyof typeof titles;
export const problemCodes = Object.keys(titles);

/** An answer that is no success, as RFC 9457 writes it. Thrown inside a transaction it takes back what was done. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  /** What exactly, and what to do. */
  readonly detail: string;
  readonly errors: readonly Flaw[];
  readonly headers: Readonly<Record<string, string>>;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(
    code: ProblemCode,
    detail: string,
    rest: {
      readonly errors?: readonly Flaw[];
      readonly headers?: Readonly<Record<string, string>>;
      /** Members of the document beside those of the RFC: an id. */
      readonly more?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(code);
    this.code = code;
    this.detail = detail;
    this.errors = rest.errors ?? [];
    this.headers = rest.headers ?? {};
    this.more = rest.more ?? {};
  }

  get status(): number {
    return titles[this.code][0];
  }

  /** The document, as text. */
  get text(): string {
    const { code, status, detail, errors, more } = this;
    const list = errors.length === 0 ? {} : { errors };
    return JSON.stringify({
      type: `urn:letopis:problem:${code}`,
      title: titles[code][1],
      status,
      detail,
      ...more,
      ...list,
    });
  }
}

export function notFound(what: string): Problem {
  return new Problem('not-found', `there is no ${what} with this id`);
}

/** One field of the body is wrong, for a reason only the database knows. */
export function wrongField(pointer: string, detail: string): Problem {
  return new Problem('invalid', detail, { errors: [{ pointer, detail }] });
}
