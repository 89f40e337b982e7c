import type { Precision } from '../time/approximate-date.ts';

/** A contact as it stood in a table of past years. */
export interface NotedFacts {
  readonly precision: Precision;
  /** The writer was not sure of the date. */
  readonly about: boolean;
  /** As written. */
  readonly date: string;
  readonly client: string | null;
  readonly person: string | null;
  readonly employee: string | null;
  readonly occasion: string | null;
}
