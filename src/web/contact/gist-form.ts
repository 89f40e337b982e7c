import { type NextStep, type OutcomeByHand, outcomesByHand } from '../../core/contact/human.ts';
import { typedText } from '../../core/text.ts';
import { isDay } from '../../core/time/wall-time.ts';
import type { Fields } from '../http/fields.ts';

/** Everything the completion form holds, as it was posted or as it is drawn the first time. */
export interface GistForm {
  readonly gist: string;
  readonly outcome: OutcomeByHand | null;
  readonly occasion: string | null;
  readonly next: '' | 'call' | 'meeting';
  /** A day as typed; empty: none. */
  readonly on: string;
  /** `keep`, `none`, `other`, or `<client id>` with `.<person id>`. */
  readonly client: string;
  readonly clientName: string;
  /** The address of the contact is the chosen client's from now on. */
  readonly remember: boolean;
  readonly version: number;
}

export type Problem =
  | { readonly code: 'empty' | 'clientNameMissing' | 'similarClients' | 'stale' | 'undoConflict' }
  | { readonly code: 'tooLong'; readonly count: number }
  | { readonly code: 'badDay'; readonly day: string }
  | { readonly code: 'unknownClient'; readonly name: string };

export const longestGist = 4000;

export function readGistForm(fields: Fields): GistForm {
  const next = fields.get('next');
  // A day from the calendar beats a day from the chips: whoever opened the calendar meant it.
  const on = fields.get('day') || fields.get('on');
  return {
    gist: typedText(fields.get('gist')),
    outcome: outcomesByHand.find((outcome) => outcome === fields.get('outcome')) ?? null,
    occasion: fields.get('occasion') || null,
    next: next === 'call' || next === 'meeting' ? next : '',
    on: next === 'call' || next === 'meeting' ? on.slice(0, 20) : '',
    client: fields.get('client') || 'keep',
    clientName: typedText(fields.get('clientName')).slice(0, 200),
    remember: fields.get('remember') === '1',
    version: Number.parseInt(fields.get('version'), 10) || 0,
  };
}

/** What keeps a form from being saved, before the database is asked. */
export function problemsOf(form: GistForm): Problem[] {
  const count = [...form.gist].length;
  return [
    form.gist === '' && form.outcome === null ? [{ code: 'empty' as const }] : [],
    count > longestGist ? [{ code: 'tooLong' as const, count }] : [],
    form.on !== '' && !isDay(form.on) ? [{ code: 'badDay' as const, day: form.on }] : [],
    form.client === 'other' && form.clientName === '' ? [{ code: 'clientNameMissing' as const }] : [],
  ].flat();
}

export function nextStepOf(form: GistForm): NextStep | null {
  return form.next === '' ? null : { kind: form.next, on: form.on === '' ? null : form.on };
}
