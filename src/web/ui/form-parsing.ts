import { typedText } from '../../core/text.ts';
import { isDay } from '../../core/time/wall-time.ts';
import { sameProof } from '../../core/token.ts';
import type { Corrected } from '../../directory/correct/run.ts';
import type { Fields } from '../http/fields.ts';
import type { View, Visit } from '../http/route.ts';
import { longestNote } from './fields.tsx';

/** One line as typed; null: empty. */
export function line(fields: Fields, name: string, length = 200): string | null {
  const text = typedText(fields.get(name)).replace(/\s+/g, ' ').slice(0, length);
  return text === '' ? null : text;
}

/** Several lines as typed; null: empty. */
export function lines(fields: Fields, name: string): string | null {
  const text = typedText(fields.get(name)).slice(0, longestNote);
  return text === '' ? null : text;
}

/** A day as a calendar gives it; null: none. `bad`: no day of any calendar. */
export function dayOf(fields: Fields, name: string): string | null | 'bad' {
  const day = fields.get(name).trim();
  if (day === '') return null;
  return isDay(day) && day >= '1900-01-01' && day <= '2200-12-31' ? day : 'bad';
}

export function isProven(visit: Visit, purpose: string): boolean {
  return sameProof(visit.view.proof(purpose), visit.fields.get('proof'));
}

/** Number of a set or a change in an address; null: it is none. */
export function numberOf(text: string | undefined): string | null {
  return text !== undefined && /^[1-9]\d{0,17}$/.test(text) ? text : null;
}

/** Why a correction was not made, in words; empty: it was. */
export function troubleOf(view: View, done: Corrected): readonly string[] {
  const t = view.texts.directory;
  switch (done.kind) {
    case 'saved':
      return [];
    case 'conflict':
      return done.conflicts.map(({ field, now }) =>
        t.savedMeanwhile.replace('{field}', () => t.fields[field] ?? field).replace('{now}', () => now ?? t.empty),
      );
    case 'gone':
      return [t.mergeRefused.missing];
    case 'unreadable':
      return [t.problems.badAddress];
    case 'known':
      return [t.problems.known];
    case 'namesake':
      return [t.problems.namesake];
    case 'notAllowed':
      return [t.problems.notAllowed];
    case 'supervisorsOnly':
      return [t.problems.supervisorsOnly];
    case 'daysReversed':
      return [t.problems.daysReversed];
  }
}
