/** Where clients come from and how often, as configured: plain data, so that a thread can be given it. */
export interface Source {
  readonly name: string;
  readonly reads: Reads;
  /** Our name of a column → its header. */
  readonly columns: Readonly<Record<string, string>>;
  /** The column (of JSON: the path) with the source's own id of a client; null: its name is what it is known by. */
  readonly key: string | null;
  /** Null: at start and reload only. */
  readonly everyMs: number | null;
  /** One answer or one query may take so long. */
  readonly timeoutMs: number;
  /** All answers together, unpacked. */
  readonly maxBytes: number;
  readonly hold: HoldRule;
}

/** An answer with less than `below` of the clients of last time, and at least `fewer` fewer, waits for a person. */
export interface HoldRule {
  readonly below: number;
  readonly fewer: number;
}

export type Reads =
  | { readonly kind: 'file'; readonly file: string }
  | ({ readonly kind: 'url' } & HttpRequest)
  | ({ readonly kind: 'json' } & JsonReads)
  | { readonly kind: 'sql'; readonly url: string; readonly query: string; readonly ca: string | null };

export interface HttpRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; null: none. */
  readonly body: unknown;
  /** File with certificates to trust beside the usual ones. */
  readonly ca: string | null;
  /** Other hosts it may lead to: names, and `*.name` for all below. */
  readonly hosts: readonly string[];
}

export interface JsonReads extends HttpRequest {
  /** Path of the list; '' is the answer itself. */
  readonly items: string;
  /** Our column → paths in an item; several values are joined. */
  readonly fields: Fields;
  /** The people of an item, each with his own columns. */
  readonly people: { readonly items: string; readonly fields: Fields } | null;
  readonly paging: Paging | null;
}

export type Fields = Readonly<Record<string, readonly string[]>>;

/** How an answer leads to the next one. `in`: where the parameter goes. */
export type Paging =
  /** Path of the address of the next page; `Link`: the header of that name. */
  | { readonly by: 'next'; readonly next: string }
  | { readonly by: 'page'; readonly page: string; readonly first: number; readonly in: 'query' | 'body' }
  | { readonly by: 'cursor'; readonly cursor: string; readonly parameter: string; readonly in: 'query' | 'body' }
  | { readonly by: 'offset'; readonly offset: string; readonly in: 'query' | 'body' };

/** What a line of a source is called in what is told of it. */
export const unitOf: Readonly<Record<Reads['kind'], string>> = {
  file: 'line',
  url: 'line',
  json: 'item',
  sql: 'row',
};
