import { languageOf } from '../../core/language.ts';
import type { Clock } from '../../core/time/clock.ts';
import { formProof, type Key } from '../../core/token.ts';
import type { Visitor } from '../../store/access/sessions.ts';
import { texts } from '../words/index.ts';
import type { Assets } from './assets.ts';
import type { View, WebOffice } from './route.ts';

interface Drawing {
  readonly key: Key;
  readonly clock: Clock;
  readonly office: WebOffice;
  readonly assets: Assets;
  readonly basePath: string;
}

/**
 * How pages are drawn for a visitor: in his language and zone, else by the wishes in their order, else the office's.
 * `bearer`: the hash of the link or session that forms are bound to.
 */
export function viewFor(
  drawing: Drawing,
  visitor: Visitor | null,
  wishes: readonly (string | null)[],
  bearer: Uint8Array | null,
): View {
  const language = languageOf(visitor?.language, ...wishes, drawing.office.language);
  return {
    language,
    texts: texts[language],
    zone: visitor?.zone ?? drawing.office.zone,
    now: drawing.clock.now(),
    visitor,
    href: (path) => `${drawing.basePath}${path}`,
    asset: (file) => `${drawing.basePath}/assets/${drawing.assets.nameOf(file)}`,
    proof: (purpose) => formProof(drawing.key, bearer ?? new Uint8Array(), purpose),
  };
}

/** The languages a browser asks for, best first: `uk-UA,uk;q=0.9,en;q=0.8` → uk, uk, en. */
export function acceptedLanguages(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => part.trim().slice(0, 2).toLowerCase());
}
