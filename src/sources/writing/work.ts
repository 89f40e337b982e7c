import type { ClientRow } from '../../directory/files/clients.ts';
import { fold } from '../../directory/files/csv.ts';
import type { Db } from '../../store/base/db.ts';
import { type Change, type ChangeSet, openChangeSet, recordChanges } from '../../store/history/change-log.ts';
import type { Given, SaidClient } from '../../store/sources/sources.ts';
import type { Source } from '../reading/source.ts';

/** A client of whom the source says something new. */
export interface Fresh {
  readonly row: ClientRow;
  readonly now: SaidClient;
  readonly before: Given | null;
}

/** The same, and where it is written. */
export interface Placed extends Fresh {
  readonly clientId: string;
  /** The client the source speaks of: another where that one was merged into `clientId`. */
  readonly ownId: string;
  readonly isNew: boolean;
  /** What the source says otherwise than a person wrote. */
  readonly kept: Readonly<Record<string, string>> | null;
}

/** One taking-over under way: its transaction, its set of changes and its counts. */
export interface Work {
  readonly tx: Db;
  readonly source: Source;
  readonly now: Date;
  readonly today: string;
  /** The set of changes, opened with the first of them. */
  set(): Promise<ChangeSet>;
  opened(): ChangeSet | null;
  record(changes: readonly Change[]): Promise<void>;
  /** Something of this client was made or changed. */
  touch(clientId: string, isNew?: boolean): void;
  ends(count: number): void;
  keeps(kept: Readonly<Record<string, string>> | null): void;
  told(): { readonly created: number; readonly changed: number; readonly ended: number; readonly kept: number };
}

export function openWork(
  tx: Db,
  source: Source,
  { now, today, by }: { readonly now: Date; readonly today: string; readonly by?: string | null },
): Work {
  let opened: ChangeSet | null = null;
  const created = new Set<string>();
  const changed = new Set<string>();
  const counts = { ended: 0, kept: 0 };
  const head = {
    kind: 'import',
    via: 'import',
    authorId: by ?? null,
    label: source.name,
    facts: { source: source.name },
  } as const;
  const set = async () => (opened ??= await openChangeSet(tx, head));
  return {
    tx,
    source,
    now,
    today,
    set,
    opened: () => opened,
    async record(changes) {
      if (changes.length > 0) await recordChanges(tx, await set(), changes);
    },
    touch(clientId, isNew = false) {
      if (isNew) created.add(clientId);
      else if (!created.has(clientId)) changed.add(clientId);
    },
    ends(count) {
      counts.ended += count;
    },
    keeps(kept) {
      counts.kept += Object.keys(kept ?? {}).length;
    },
    told: () => ({ created: created.size, changed: changed.size, ...counts }),
  };
}

export function personKey(clientId: string, name: string): string {
  return `${clientId} ${fold(name)}`;
}

/** An address of what a source said, as it is told from others. */
export function pointKey({ kind, address, person }: SaidClient['points'][number]): string {
  return `${kind} ${address} ${personKey('', person ?? '')}`;
}
