import type { Language } from '../../core/language.ts';
import { en } from './en.ts';
import { ru } from './ru.ts';
import type { Texts } from './texts.ts';
import { uk } from './uk.ts';

export type { Texts };
export const texts: Record<Language, Texts> = { ru, uk, en };
