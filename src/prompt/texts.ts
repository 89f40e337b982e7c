import type { Language } from '../core/language.ts';

/** The words of our mails. `{…}` stand for what differs. */
export interface MailTexts {
  readonly subject: string;
  readonly subjectMissed: string;
  readonly ask: string;
  readonly askMissed: string;
  readonly open: string;
  readonly why: string;
  readonly signInSubject: string;
  readonly signInAsk: string;
  readonly signInOpen: string;
  readonly signInWhy: string;
}

export const mailTexts: Record<Language, MailTexts> = {
  ru: {
    subject: '{kind}: {who}, {time} — что было важно?',
    subjectMissed: '{kind}: {who}, {time} — перезвонить',
    ask: 'Напишите одно-два предложения: о чём говорили и что решили.',
    askMissed: 'Этот звонок ещё ждёт ответа. Перезвоните и запишите, чем кончилось.',
    open: 'Записать',
    why: 'Письмо пришло, потому что за этот контакт отвечаете вы. Ссылка открывает только его; никому её не пересылайте.',
    signInSubject: 'Вход в «Летопись»',
    signInAsk: 'По этой ссылке вы войдёте в «Летопись». Она действует {minutes} минут и один раз.',
    signInOpen: 'Войти',
    signInWhy: 'Если вы не просили о входе, ничего не делайте: без этой ссылки никто не войдёт.',
  },
  uk: {
    subject: '{kind}: {who}, {time} — що було важливо?',
    subjectMissed: '{kind}: {who}, {time} — передзвонити',
    ask: 'Напишіть одне-два речення: про що говорили та що вирішили.',
    askMissed: 'Цей дзвінок ще чекає на відповідь. Передзвоніть і запишіть, чим скінчилося.',
    open: 'Записати',
    why: 'Лист надійшов, бо за цей контакт відповідаєте ви. Посилання відкриває лише його; нікому його не пересилайте.',
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
    signInSubject: 'Sign in to Letopis',
    signInAsk: 'This link signs you in to Letopis. It works once, within {minutes} minutes.',
    signInOpen: 'Sign in',
    signInWhy: 'If you did not ask to sign in, do nothing: without this link nobody gets in.',
  },
};
