import type { UnplacedBecause } from '../core/contact/digest-answer.ts';
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
  /** How a mail of several drafts is answered by mail. */
  readonly digestAnswer: string;
  readonly digestMore: PluralForms;
  readonly digestOpen: string;
  readonly digestWhy: string;
  /** Of an answer that could not be placed, or not all of it. */
  readonly unplacedSubject: string;
  readonly unplacedWhat: string;
  readonly unplacedBecause: Readonly<Record<UnplacedBecause, string>>;
  readonly unplacedCure: string;
  readonly unplacedLeft: string;
  readonly unplacedNoneLeft: string;
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
    digestAnswer:
      'Можно и просто ответить на это письмо: с новой строки номер и ваши слова, например «1. Просит счёт, перезвонить в среду».',
    digestMore: {
      one: 'Ещё # контакт ждёт в списке «Мои записи».',
      few: 'Ещё # контакта ждут в списке «Мои записи».',
      many: 'Ещё # контактов ждут в списке «Мои записи».',
      other: 'Ещё # контакта ждут в списке «Мои записи».',
    },
    digestOpen: 'Мои записи',
    digestWhy:
      'Письмо пришло, потому что за эти контакты отвечаете вы. Каждая ссылка открывает только один из них; никому их не пересылайте.',
    unplacedSubject: 'Не всё из вашего ответа удалось записать',
    unplacedWhat:
      'Эти слова из вашего ответа пока нигде не записаны. Остальное, если оно было, записано; сам ответ сохранён.',
    unplacedBecause: {
      'no-number': 'Без номера: неясно, о какой это записи.',
      'unknown-number': 'Номера {number} в нашем письме нет.',
      twice: 'Номер {number} назван не один раз: неясно, что к нему относится.',
      doubtful: 'Номер {number} это или количество? Если номер, поставьте после него точку.',
      quoted: 'Это похоже на строку нашего письма. Напишите свои слова отдельно, после номера {number} с точкой.',
      closed: 'За запись {number} отвечаете уже не вы, или срок её ссылки вышел: посмотрите в списке «Мои записи».',
    },
    unplacedCure:
      'Ответьте на это письмо: с новой строки номер с точкой и ваши слова, например «1. Просит счёт, перезвонить в среду». То, что уже записано, повторять не нужно.',
    unplacedLeft: 'Под этими номерами ещё ждут:',
    unplacedNoneLeft: 'Из того письма больше ничего не ждёт; записанное можно дополнить и теперь.',
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
    digestAnswer:
      'Можна й просто відповісти на цей лист: з нового рядка номер і ваші слова, наприклад «1. Просить рахунок, передзвонити в середу».',
    digestMore: {
      one: 'Ще # контакт чекає у списку «Мої записи».',
      few: 'Ще # контакти чекають у списку «Мої записи».',
      many: 'Ще # контактів чекають у списку «Мої записи».',
      other: 'Ще # контакту чекають у списку «Мої записи».',
    },
    digestOpen: 'Мої записи',
    digestWhy:
      'Лист надійшов, бо за ці контакти відповідаєте ви. Кожне посилання відкриває лише один із них; нікому їх не пересилайте.',
    unplacedSubject: 'Не все з вашої відповіді вдалося записати',
    unplacedWhat:
      'Ці слова з вашої відповіді поки ніде не записані. Решта, якщо вона була, записана; сама відповідь збережена.',
    unplacedBecause: {
      'no-number': 'Без номера: незрозуміло, про який це запис.',
      'unknown-number': 'Номера {number} в нашому листі немає.',
      twice: 'Номер {number} названо не один раз: незрозуміло, що до нього належить.',
      doubtful: 'Номер {number} це чи кількість? Якщо номер, поставте після нього крапку.',
      quoted: 'Це схоже на рядок нашого листа. Напишіть свої слова окремо, після номера {number} з крапкою.',
      closed:
        'За запис {number} відповідаєте вже не ви, або термін його посилання минув: подивіться у списку «Мої записи».',
    },
    unplacedCure:
      'Дайте відповідь на цей лист: з нового рядка номер із крапкою та ваші слова, наприклад «1. Просить рахунок, передзвонити в середу». Те, що вже записано, повторювати не треба.',
    unplacedLeft: 'Під цими номерами ще чекають:',
    unplacedNoneLeft: 'З того листа більше нічого не чекає; записане можна доповнити й тепер.',
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
    digestAnswer:
      'You can simply answer this mail, too: start a line with the number and write on, as in “1. Wants an invoice, call back on Wednesday”.',
    digestMore: { one: '# more waits in “My drafts”.', other: '# more wait in “My drafts”.' },
    digestOpen: 'My drafts',
    digestWhy:
      'You got this mail because these contacts are yours. Each link opens one of them and nothing else; do not pass them on.',
    unplacedSubject: 'Not all of your answer could be written down',
    unplacedWhat:
      'These words of your answer stand nowhere yet. The rest, if there was any, is written down; the answer itself is kept.',
    unplacedBecause: {
      'no-number': 'No number: which contact is it about?',
      'unknown-number': 'There is no number {number} in our mail.',
      twice: 'Number {number} is named more than once: what belongs to it?',
      doubtful: 'Is {number} the number or an amount? If it is the number, put a full stop after it.',
      quoted:
        'This looks like a line of our mail. Write your words by themselves, after the number {number} and a full stop.',
      closed: 'Contact {number} is not yours any more, or its link has expired: look into “My drafts”.',
    },
    unplacedCure:
      'Answer this mail: start a line with the number and a full stop and write on, as in “1. Wants an invoice, call back on Wednesday”. What is written down already need not be said again.',
    unplacedLeft: 'Under these numbers still wait:',
    unplacedNoneLeft: 'Nothing else of that mail waits; what is written down can still be added to.',
    signInSubject: 'Sign in to Letopis',
    signInAsk: 'This link signs you in to Letopis. It works once, within {minutes} minutes.',
    signInOpen: 'Sign in',
    signInWhy: 'If you did not ask to sign in, do nothing: without this link nobody gets in.',
  },
};
