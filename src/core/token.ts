import { createHmac, timingSafeEqual } from 'node:crypto';
import { sha256 } from './hash.ts';

/** Secret bytes from the key file; every use derives its own value by a label, so one never stands in for another. */
export type Key = Uint8Array;

/** What a prompt's link opens: one draft for one employee. A new generation is a new link; the old one is revoked. */
export interface LinkScope {
  readonly contactId: string;
  readonly employeeId: string;
  readonly generation: number;
}

/**
 * The token of a prompt's link, 32 bytes in base64url (43 characters). Derived, so that a retry or a reminder carries
 * the same link though only its hash is stored.
 */
export function linkToken(key: Key, scope: LinkScope): string {
  return derive(key, 'link', scope.contactId, scope.employeeId, String(scope.generation));
}

/** The Message-ID of a prompt's mail: the same at every attempt, so that a mailbox drops the second copy. */
export function messageIdOf(key: Key, scope: LinkScope, domain: string): string {
  const name = derive(key, 'message-id', scope.contactId, scope.employeeId, String(scope.generation));
  return `<letopis.${name.slice(0, 32)}@${domain}>`;
}

/**
 * The Message-ID of a mail about several drafts, made from the first link in it: a link is in one digest at most. Not that
 * link's own: an answer to this mail must not be taken for one about that draft.
 */
export function digestMessageIdOf(key: Key, first: LinkScope, domain: string): string {
  const name = derive(key, 'digest', first.contactId, first.employeeId, String(first.generation));
  return `<letopis.${name.slice(0, 32)}@${domain}>`;
}

/** The Message-ID of the mail that tells of an answer what could not be placed; it can be answered in turn. */
export function answerMessageIdOf(key: Key, answerId: string, domain: string): string {
  return `<letopis.${derive(key, 'answer', answerId).slice(0, 32)}@${domain}>`;
}

/** The token of a program: what scanners for leaked secrets recognise, and 32 bytes nobody can guess. */
export function apiTokenText(bytes: Uint8Array): string {
  return `letopis_${Buffer.from(bytes).toString('base64url')}`;
}

/** Could this be a program's token at all? */
export function looksLikeApiToken(text: string): boolean {
  return /^letopis_[A-Za-z0-9_-]{43}$/.test(text);
}

/** What the database keeps of a token. */
export function hashOf(token: string): Buffer {
  return sha256(token);
}

/**
 * Proof that a form was drawn by us for this visitor and this purpose; it stands in a hidden field.
 * @param bearer the hash of the visitor's link or session token
 */
export function formProof(key: Key, bearer: Uint8Array, purpose: string): string {
  return derive(key, 'form', Buffer.from(bearer).toString('hex'), purpose);
}

/** Compares in constant time; false for anything that is not a string. */
export function sameProof(expected: string, given: unknown): boolean {
  if (typeof given !== 'string') return false;
  const [a, b] = [hashOf(expected), hashOf(given)];
  return timingSafeEqual(a, b);
}

const tokenForm = /^[A-Za-z0-9_-]{43}$/;

/** Could this be a token at all? Anything else need not trouble the database. */
export function looksLikeToken(text: string): boolean {
  return tokenForm.test(text);
}

/** Parts are joined by NUL, which none of them can hold: (ab, c) and (a, bc) differ. */
function derive(key: Key, label: string, ...parts: readonly string[]): string {
  if (key.length < 32) throw new Error('the key has less than 32 bytes');
  return createHmac('sha256', key)
    .update(['letopis', label, ...parts].join('\0'))
    .digest('base64url');
}
