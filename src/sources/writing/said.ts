import type { Remedy } from '../../core/fault.ts';
import type { ClientRow } from '../../directory/files/clients.ts';
import type { Read } from '../reading/read.ts';

/** What the thread says; the answer to each `rows` is a word that asks for more. */
export type Said =
  | { readonly kind: 'same' }
  | ({ readonly kind: 'read'; readonly count: number } & Omit<Read, 'rows'>)
  | { readonly kind: 'rows'; readonly rows: readonly ClientRow[] }
  | { readonly kind: 'end' }
  | {
      readonly kind: 'fault';
      readonly code: string;
      readonly remedy: Remedy;
      readonly facts: Readonly<Record<string, unknown>>;
      /** Of what is no fault of ours. */
      readonly stack: string | null;
    };

export const batchSize = 1000;
