import type { ContactState, FieldChange, Human, NextStep, OutcomeByHand } from '../core/contact/human.ts';
import { isSameJson } from '../core/same-json.ts';

/** What a person wants a contact to say. `client: 'keep'` leaves the match as it is. */
export interface Wish {
  readonly gist: string | null;
  readonly outcome: OutcomeByHand | null;
  readonly occasion: string | null;
  readonly nextStep: NextStep | null;
  readonly client: 'keep' | { readonly id: string | null; readonly personId: string | null };
  /** The version of the contact that the person was looking at. */
  readonly version: number;
}

export interface Author {
  readonly employeeId: string;
  readonly role: 'employee' | 'supervisor' | 'it';
  readonly via: 'link' | 'session' | 'mail';
}

/** A program with a token of its own; the token says what it may do. */
export interface Program {
  /** Who it says wrote it; null: nobody of ours. */
  readonly employeeId: string | null;
  readonly via: 'api';
  /** The token's name. */
  readonly label: string;
}

export type Decision =
  | { readonly kind: 'empty' } // neither gist nor outcome: nothing is completed by that
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'conflict' } // somebody saved something else meanwhile
  | { readonly kind: 'same' } // it says so already: the button was pressed twice
  | { readonly kind: 'save'; readonly after: Human; readonly changes: readonly FieldChange[] };

/**
 * May this person write about this contact? The owner, whoever else of us talked in it, and supervisors. A link was given
 * to the owner alone. A program was asked for its scope before.
 */
export function mayWrite(author: Author | Program, ownerId: string, talkers: readonly string[]): boolean {
  if (author.via === 'api' || author.employeeId === ownerId) return true;
  return author.via !== 'link' && (author.role === 'supervisor' || talkers.includes(author.employeeId));
}

/**
 * May this person learn that the contact exists? Of one that somebody called private only its owner and who talked may: no
 * supervisor, nobody who is responsible for the client, no program.
 */
export function mayKnow(
  author: Author | Program,
  isPrivate: boolean,
  ownerId: string,
  talkers: readonly string[],
): boolean {
  if (!isPrivate || author.via === 'api') return !isPrivate;
  return author.employeeId === ownerId || talkers.includes(author.employeeId);
}

/**
 * May this person read what was written in this contact, and its files? Whoever of us has to do with it, supervisors, and
 * everybody where it was written to all of us (notes/security.md, authorisation matrix). Others see that it was.
 *
 * @param people employees who have to do with it
 */
export function mayRead(author: Author, ownerId: string, people: readonly string[], isForAll: boolean): boolean {
  if (author.employeeId === ownerId) return true;
  return author.via === 'session' && (isForAll || author.role === 'supervisor' || people.includes(author.employeeId));
}

/** Longest text a gist can have. */
const longestGist = 4000;

/**
 * What an employee's answer to a prompt makes of the gist: his words; behind those that stand there already, which somebody
 * wrote. Null: it says nothing, or nothing new.
 */
export function gistOfReply(gist: string | null, text: string): string | null {
  const said = text.trim();
  if (said === '' || (gist ?? '').includes(said)) return null;
  return [...(gist === null ? said : `${gist}\n${said}`)].slice(0, longestGist).join('');
}

export function decideSave(
  now: Human,
  talkers: readonly string[],
  wish: Wish,
  author: Author | Program,
  at: Date,
): Decision {
  if (!mayChange(now, talkers, author)) return { kind: 'forbidden' };
  if (wish.gist === null && wish.outcome === null) return { kind: 'empty' };
  const state = stateAfter(now.state, wish.outcome);
  const after: Human = {
    ...now,
    version: now.version + 1,
    state,
    gist: wish.gist,
    outcome: wish.outcome,
    occasion: wish.occasion,
    nextStep: wish.nextStep,
    callBack: now.callBack && stillToCall(wish),
    client: clientAfter(now.client, wish.client),
    completed: now.completed ?? { at: at.toISOString(), by: author.employeeId },
  };
  const changes = differences(now, after);
  if (changes.length === 0) return { kind: 'same' };
  if (wish.version !== now.version) return { kind: 'conflict' };
  return { kind: 'save', after, changes };
}

/** One change of one save. */
export type EditRow = FieldChange & { readonly id: string; readonly authorId: string | null };

export type UndoDecision =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'undo'; readonly after: Human; readonly changes: readonly FieldChange[] };

/**
 * Takes the changes of one save back; only the newest save can be, so that no later word is lost, and only by who made it:
 * to take back another's words one writes over them.
 */
export function decideUndo(
  now: Human,
  talkers: readonly string[],
  edit: { readonly version: number; readonly rows: readonly EditRow[] },
  author: Author,
): UndoDecision {
  if (!mayChange(now, talkers, author)) return { kind: 'forbidden' };
  if (edit.rows.length === 0) return { kind: 'nothing' };
  if (edit.rows.some((row) => row.authorId !== author.employeeId)) return { kind: 'forbidden' };
  if (now.version !== edit.version) return { kind: 'conflict' };
  const before = Object.fromEntries(edit.rows.map((row) => [row.field, row.old ?? absent(row.field)]));
  const after: Human = { ...now, ...before, version: now.version + 1 };
  const changes = edit.rows.map((row) => ({ field: row.field, old: row.new, new: row.old, undoes: row.id }));
  return { kind: 'undo', after, changes };
}

/** What of a contact can be given an older value from its history. */
export const restorable = ['gist', 'outcome', 'occasion', 'client', 'nextStep'] as const;
export type Restorable = (typeof restorable)[number];

export type RestoreDecision =
  | { readonly kind: 'forbidden' | 'nothing' | 'conflict' | 'empty' }
  | { readonly kind: 'restore'; readonly after: Human; readonly changes: readonly FieldChange[] };

/**
 * Gives one field the value that a change took away, by who may write it. `version`: of the contact as the person sees it; what
 * somebody wrote meanwhile is shown to him first. A client is restored as a person's choice: no machine moves it again.
 */
export function decideRestore(
  now: Human,
  talkers: readonly string[],
  change: { readonly id: string; readonly field: string; readonly old: unknown },
  version: number,
  author: Author,
): RestoreDecision {
  if (!mayChange(now, talkers, author)) return { kind: 'forbidden' };
  const field = restorable.find((one) => one === change.field);
  if (field === undefined) return { kind: 'nothing' };
  if (now.version !== version) return { kind: 'conflict' };
  const value = field === 'client' ? { id: null, personId: null, ...Object(change.old), byHand: true } : change.old;
  const restored: Human = { ...now, [field]: value ?? null, version: now.version + 1 };
  if (restored.state === 'completed' && restored.gist === null && restored.outcome === null) return { kind: 'empty' };
  const after = field === 'outcome' ? { ...restored, state: stateOfOutcome(restored) } : restored;
  const changes = differences(now, after).map((one) => (one.field === field ? { ...one, undoes: change.id } : one));
  return changes.length === 0 ? { kind: 'nothing' } : { kind: 'restore', after, changes };
}

/** Said to be private: nobody but its owner and who talked is to know of it. */
export function isPrivate({ state, outcome }: Pick<Human, 'state' | 'outcome'>): boolean {
  return state === 'dismissed' && outcome === 'private';
}

function stateOfOutcome({ state, outcome, gist }: Human): ContactState {
  if (outcome === 'spam' || outcome === 'private') return 'dismissed';
  if (state !== 'dismissed') return state;
  return gist === null && outcome === null ? 'draft' : 'completed';
}

function mayChange(now: Human, talkers: readonly string[], author: Author | Program): boolean {
  return mayKnow(author, isPrivate(now), now.ownerId, talkers) && mayWrite(author, now.ownerId, talkers);
}

/** Spam and private talk leave the history; everything else that a person wrote about is completed. */
function stateAfter(state: ContactState, outcome: OutcomeByHand | null): ContactState {
  if (outcome === 'spam' || outcome === 'private') return 'dismissed';
  return state === 'automatic' ? 'automatic' : 'completed';
}

/** A missed caller is off the list once a person says that no call is to follow, or that he was no client. */
function stillToCall(wish: Wish): boolean {
  if (wish.outcome === 'spam' || wish.outcome === 'private' || wish.outcome === 'wrong-number') return false;
  return wish.outcome === 'not-reached' || wish.nextStep?.kind === 'call';
}

function clientAfter(now: Human['client'], wish: Wish['client']): Human['client'] {
  if (wish === 'keep' || (wish.id === (now?.id ?? null) && (now?.byHand ?? false))) return now;
  if (wish.id !== null && wish.id === now?.id && wish.personId === now.personId) return now;
  return { id: wish.id, personId: wish.personId, byHand: true };
}

/** The fields people write, in the order in which a reader wants to see them changed. */
const fields = ['state', 'gist', 'outcome', 'occasion', 'nextStep', 'client', 'callBack', 'completed'] as const;

function differences(before: Human, after: Human): FieldChange[] {
  return fields
    .filter((field) => !isSameJson(before[field], after[field]))
    .map((field) => ({ field, old: before[field], new: after[field] }));
}

/** An empty column comes back from a change row as null; only call_back is never null. */
function absent(field: string): unknown {
  return field === 'callBack' ? false : null;
}
