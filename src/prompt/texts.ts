import type { Language, PluralForms } from '../core/language.ts';

/** The words of our mails. `{…}` and, where a number decides the form, `#` stand for what differs. */
export interface MailTexts {
  readonly subject: string;
  readonly subjectMissed: string;
  readonly ask: string;
  readonly askMissed: string;
  readonly open: string;
  readonly why: string;
  readonly digestSubject: PluralForms;
  readonly digestAsk: string;
  readonly digestMore: PluralForms;
  readonly digestOpen: string;
  readonly digestWhy: string;
  readonly signInSubject: string;
  readonly signInAsk: string;
  readonly signInOpen: string;
  readonly signInWhy: string;
}

export const mailTexts: Record<Language, MailTexts> = {
  ru: {
    subject: '{kind}: {who}, {time} — что было важно?',
    subjectMissed: '{kind}: {who}, {time} — перезвонить',
    ask: 'Напишите одно-два предложения: о чём шла речь и что решили.',
    askMissed: 'Этот звонок ещё ждёт ответа. Перезвоните и запишите, чем кончилось.',
    open: 'Записать',
    why: 'Письмо пришло, потому что за этот контакт отвечаете вы. Ссылка открывает только его; никому её не пересылайте.',
    digestSubject: {
      one: '# контакт — что было важно?',
      few: '# контакта — что было важно?',
      many: '# контактов — что было важно?',
      other: '# контакта — что было важно?',
    },
    digestAsk: 'Напишите о каждом одно-два предложения: о чём шла речь и что решили.',
    digestMore: {
      one: 'Ещё # контакт ждёт в списке «Мои записи».',
      few: 'Ещё # контакта ждут в списке «Мои записи».',
      many: 'Ещё # контактов ждут в списке «Мои записи».',
      other: 'Ещё # контакта ждут в списке «Мои записи».',
    },
    digestOpen: 'Мои записи',
    digestWhy:
      'Письмо пришло, потому что за эти контакты отвечаете вы. Каждая ссылка открывает только один из них; никому их не пересылайте.',
    signInSubject: 'Вход в «Летопись»',
    signInAsk: 'По этой ссылке вы войдёте в «Летопись». Она действует {minutes} минут и один раз.',
    signInOpen: 'Войти',
    signInWhy: 'Если вы не просили о входе, ничего не делайте: без этой ссылки никто не войдёт.',
  },
  uk: {
    subject: '{kind}: {who}, {time} — що було важливо?',
    subjectMissed: '{kind}: {who}, {time} — передзвонити',
    ask: 'Напишіть одне-два речення: про що йшлося та що вирішили.',
    askMissed: 'Цей дзвінок ще чекає на відповідь. Передзвоніть і запишіть, чим скінчилося.',
    open: 'Записати',
    why: 'Лист надійшов, бо за цей контакт відповідаєте ви. Посилання відкриває лише його; нікому його не пересилайте.',
    digestSubject: {
      one: '# контакт — що було важливо?',
      few: '# контакти — що було важливо?',
      many: '# контактів — що було важливо?',
      other: '# контакту — що було важливо?',
    },
    digestAsk: 'Напишіть про кожен одне-два речення: про що йшлося та що вирішили.',
    digestMore: {
      one: 'Ще # контакт чекає у списку «Мої записи».',
      few: 'Ще # контакти чекають у списку «Мої записи».',
      many: 'Ще # контактів чекають у списку «Мої записи».',
      other: 'Ще # контакту чекають у списку «Мої записи».',
    },
    digestOpen: 'Мої записи',
    digestWhy:
      'Лист надійшов, бо за ці контакти відповідаєте ви. Кожне посилання відкриває лише один із них; нікому їх не пересилайте.',
    signInSubject: 'Вхід до «Літопису»',
    signInAsk: 'За цим посиланням ви увійдете до «Літопису». Воно діє {minutes} хвилин і один раз.',
    signInOpen: 'Увійти',
    signInWhy: 'Якщо ви не просили про вхід, нічого не робіть: без цього посилання ніхто не увійде.',
  },
  en: {
    subject: '{kind}: {who}, {time} — what mattered?',
    subjectMissed: '{kind}: {who}, {time} — call back',
    ask: 'Write a sentence or two: what was it about, what was decided.',
    askMissed: 'This call still waits for an answer. Call back and write down how it went.',
    open: 'Write it down',
    why: 'You got this mail because this contact is yours. The link opens it and nothing else; do not pass it on.',
    digestSubject: { one: '# contact — what mattered?', other: '# contacts — what mattered?' },
    digestAsk: 'Write a sentence or two about each: what was it about, what was decided.',
    digestMore: { one: '# more waits in “My drafts”.', other: '# more wait in “My drafts”.' },
    digestOpen: 'My drafts',
    digestWhy:
      'You got this mail because these contacts are yours. Each link opens one of them and nothing else; do not pass them on.',
    signInSubject: 'Sign in to Letopis',
    signInAsk: 'This link signs you in to Letopis. It works once, within {minutes} minutes.',
    signInOpen: 'Sign in',
    signInWhy: 'If you did not ask to sign in, do nothing: without this link nobody gets in.',
  },
};
