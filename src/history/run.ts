import type { Human } from '../core/contact/human.ts';
import type { Clock } from '../core/time/clock.ts';
import type { Db } from '../store/base/db.ts';
import {
  changesOfEdit,
  contactChange,
  keepTyping,
  lockHuman,
  recordContactChanges,
  talkersOf,
  writeHuman,
} from '../store/contacts/human-edits.ts';
import { clientHead } from '../store/directory/clients.ts';
import { type ChangeSet, openChangeSet } from '../store/history/change-log.ts';
import { type Author, decideRestore, decideSave, decideUndo, type Program, type Wish } from './decide.ts';

export interface HistoryDeps {
  readonly db: Db;
  readonly clock: Clock;
}

export type Saved =
  | { readonly kind: 'saved'; readonly edit: number }
  | { readonly kind: 'same' | 'empty' | 'conflict' | 'forbidden' | 'gone' };

/**
 * Writes what a person says of a contact, with a change row for every field, in one transaction.
 * `edit`: the number under which `undoCompletion` takes it back.
 */
export function completeContact(
  deps: HistoryDeps,
  author: Author | Program,
  contactId: string,
  wish: Wish,
): Promise<Saved> {
  return deps.db.transaction(async (db) => {
    const now = await lockHuman(db, contactId);
    if (!now) return { kind: 'gone' };
    const decision = decideSave(now, await talkerIds(db, contactId), wish, author, deps.clock.now());
    if (decision.kind !== 'save') return decision;
    await writeHuman(db, decision.after, null);
    await record(db, deps, author, now, decision);
    return { kind: 'saved', edit: decision.after.version };
  });
}

export type Undone = 'undone' | 'nothing' | 'conflict' | 'forbidden' | 'gone';

/** Takes one save back. What was written is not lost: it stands in the form again, as typed but not saved. */
export function undoCompletion(deps: HistoryDeps, author: Author, contactId: string, edit: number): Promise<Undone> {
  return deps.db.transaction(async (db) => {
    const now = await lockHuman(db, contactId);
    if (!now) return 'gone';
    const rows = await changesOfEdit(db, contactId, edit);
    const decision = decideUndo(now, await talkerIds(db, contactId), { version: edit, rows }, author);
    if (decision.kind !== 'undo') return decision.kind;
    await writeHuman(db, decision.after, decision.after.state === 'draft' ? now.gist : null);
    await record(db, deps, author, now, decision);
    return 'undone';
  });
}

export type Restored = 'restored' | 'nothing' | 'conflict' | 'empty' | 'forbidden' | 'gone';

/** Gives one field of a contact its value of before a change again, as a set of changes of kind `rollback`. */
export function restoreField(deps: HistoryDeps, author: Author, changeId: string, version: number): Promise<Restored> {
  return deps.db.transaction(async (db) => {
    const change = await contactChange(db, changeId);
    const now = change && (await lockHuman(db, change.contactId));
    if (!now) return 'gone';
    const decision = decideRestore(now, await talkerIds(db, now.id), change, version, author);
    if (decision.kind !== 'restore') return decision.kind;
    const client = decision.after.client?.id ?? null;
    if (change.field === 'client' && client !== null && (await clientHead(db, client))?.id !== client) return 'gone';
    const head = { kind: 'rollback', via: author.via, authorId: author.employeeId, label: null } as const;
    const undoes = change.setId === null ? {} : { undoes: change.setId };
    const set = await openChangeSet(db, { ...head, ...undoes, facts: { contact: now.id, field: change.field } });
    await writeHuman(db, decision.after, null);
    await record(db, deps, author, now, { ...decision, set });
    return 'restored';
  });
}

/** Keeps what the owner has typed so far. False when it is no draft of his any more: what he types is then only on his screen. */
export function saveTyping(deps: HistoryDeps, ownerId: string, contactId: string, text: string): Promise<boolean> {
  return keepTyping(deps.db, contactId, ownerId, text === '' ? null : text);
}

async function talkerIds(db: Db, contactId: string): Promise<string[]> {
  return (await talkersOf(db, contactId)).map((talker) => talker.id);
}

async function record(
  db: Db,
  deps: HistoryDeps,
  author: Author | Program,
  now: Human,
  save: {
    readonly after: Human;
    readonly changes: Parameters<typeof recordContactChanges>[3];
    readonly set?: Pick<ChangeSet, 'id' | 'label'>;
  },
): Promise<void> {
  const clientId = save.after.client?.id ?? now.client?.id ?? null;
  const change = { contactId: now.id, clientId, edit: save.after.version, at: deps.clock.now() };
  const { employeeId: authorId, via } = author;
  const set = via === 'api' ? await setOf(db, author) : save.set;
  const by = set === undefined ? { authorId, via } : { authorId, via, set };
  await recordContactChanges(db, change, by, save.changes);
}

/** A program's name stands in a set of changes; a person's stands in every row. */
async function setOf(db: Db, { employeeId: authorId, via, label }: Program) {
  const { id } = await openChangeSet(db, { kind: 'edit', via, authorId, label });
  return { id, label };
}
