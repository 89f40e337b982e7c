import { type Chance, pad } from './chance.ts';
import { type Lang, latin, words } from './words.ts';

export const ourDomain = 'ourfirm.example';
export const publicDomains = ['freemail.example', 'postbox.example'] as const;

export interface Human {
  readonly lang: Lang;
  readonly name: string;
  readonly email: string;
}
export interface Client {
  readonly id: string;
  readonly name: string;
  readonly lang: Lang;
  readonly domain: string | null;
  readonly people: readonly Human[];
  readonly phones: readonly string[];
  /** Address of the employee who looks after it. */
  readonly employee: string;
}
export interface World {
  readonly employees: readonly Human[];
  readonly clients: readonly Client[];
  readonly captureBox: string;
  readonly faxBox: string;
}

/** Numbers reserved for fiction, or that cannot exist (a local number never begins with 0). */
export function phoneOf(lang: Lang, i: number): string {
  if (lang === 'ru') return `+7495000${pad(i % 10000, 4)}`;
  if (lang === 'uk') return `+38044000${pad(i % 10000, 4)}`;
  return i % 2 ? `+442079460${pad(i % 1000, 3)}` : `+121255501${pad(i % 100)}`;
}

export function makeWorld(chance: Chance): World {
  const human = (lang: Lang) => ({ lang, name: `${chance.pick(words[lang].first)} ${chance.pick(words[lang].last)}` });
  const surname = (name: string) => latin(name.split(' ')[1] ?? '');
  const employees = Array.from({ length: 12 }, (_, i) => {
    const one = human(chance.pick(['ru', 'uk', 'ru', 'en'] as const));
    return { ...one, email: `${surname(one.name)}${i}@${ourDomain}` };
  });
  const taken = new Set<string>();
  const clients = Array.from({ length: 240 }, (_, i): Client => {
    const lang = chance.weighted({ ru: 5, uk: 3, en: 2 });
    const name = `${chance.pick(words[lang].firm)}-${i}`;
    const domain = chance.is(0.75) ? `${latin(name)}.example` : null;
    const people = Array.from({ length: chance.int(1, 3) }, (_none, k) => {
      const one = human(lang);
      return { ...one, email: `${surname(one.name)}.${i}${'abc'[k]}@${domain ?? chance.pick(publicDomains)}` };
    });
    const phones = [phoneOf(lang, i), phoneOf(lang, i + 5000)].filter((phone) => !taken.has(phone) && taken.add(phone));
    return { id: `c${pad(i, 4)}`, name, lang, domain, people, phones, employee: chance.pick(employees).email };
  });
  return { employees, clients, captureBox: `crm@${ourDomain}`, faxBox: `fax@${ourDomain}` };
}
