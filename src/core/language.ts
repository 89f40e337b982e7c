/** The languages of pages and mails. */
export const languages = ['ru', 'uk', 'en'] as const;
export type Language = (typeof languages)[number];

/** The first of the wishes that we speak; English when none is. */
export function languageOf(...wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const known = languages.find((language) => language === wish);
    if (known) return known;
  }
  return 'en';
}

/** Forms of a word by count; `other` also stands for fractions. Russian and Ukrainian: 1 звонок, 2 звонка, 5 звонков. */
export interface PluralForms {
  readonly one: string;
  readonly few?: string;
  readonly many?: string;
  readonly other: string;
}

const rules: Record<Language, Intl.PluralRules> = {
  ru: new Intl.PluralRules('ru'),
  uk: new Intl.PluralRules('uk'),
  en: new Intl.PluralRules('en'),
};

/** `forms` hold `#` where the number stands: plural('ru', 5, { one: '# день', few: '# дня', other: '# дней' }) → '5 дней'. */
export function plural(language: Language, count: number, forms: PluralForms): string {
  const rule = rules[language].select(count);
  const form = rule === 'one' || rule === 'few' || rule === 'many' ? forms[rule] : undefined;
  return (form ?? forms.other).replaceAll('#', String(count));
}
