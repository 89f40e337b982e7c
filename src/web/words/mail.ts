import type { MailFacts } from '../../core/contact/mail.ts';
import type { Language, PluralForms } from '../../core/language.ts';

/** The words about mails and faxes. */
export interface MailWords {
  readonly noSubject: string;
  readonly from: string;
  readonly to: string;
  readonly more: string;
  readonly whole: string;
  readonly letter: string;
  readonly cutHere: string;
  readonly asSent: string;
  readonly files: PluralForms;
  readonly units: readonly [bytes: string, kilobytes: string, megabytes: string];
  readonly claimed: string;
  readonly claimedShort: string;
  readonly unconfirmed: string;
  readonly forwarded: string;
  readonly forwardedBySomebody: string;
  readonly partly: string;
  readonly headers: string;
  readonly missing: Readonly<Record<'text' | 'files' | 'large' | 'slow' | 'other', string>>;
  readonly automatic: Readonly<Record<NonNullable<MailFacts['automatic']>, string>>;
  readonly closed: string;
  readonly joined: PluralForms;
  readonly joinedHow: string;
  readonly joinedMore: PluralForms;
  readonly gistIsThere: string;
  readonly pages: PluralForms;
  readonly page: string;
  readonly otherPages: PluralForms;
  readonly document: string;
  readonly station: string;
  readonly faxTo: string;
  readonly failed: string;
  readonly sentToday: string;
  readonly gone: string;
  readonly goneWhy: Readonly<Record<'erased' | 'cut' | 'unreadable', string>>;
  readonly goneWhere: string;
  readonly goneFolder: string;
  readonly back: string;
  readonly noRemote: string;
  readonly asText: string;
}

export const mailWords: Record<Language, MailWords> = {
  ru: {
    noSubject: 'Без темы',
    from: 'От {who}',
    to: 'кому {who}',
    more: 'и ещё {count}',
    whole: 'Весь текст',
    letter: 'Письмо целиком',
    cutHere: 'Дальше не поместилось.',
    asSent: 'Показать как отправлено',
    files: { one: '# вложение', few: '# вложения', many: '# вложений', other: '# вложения' },
    units: ['Б', 'КБ', 'МБ'],
    claimed: 'Отправитель не подтверждён: от его имени мог написать кто угодно.',
    claimedShort: 'Отправитель не подтверждён',
    unconfirmed: 'Отправителя наш почтовый сервер не подтвердил.',
    forwarded: 'Переслал(а) {name}, написал(а) {author}.',
    forwardedBySomebody: 'Переслано с нашего адреса {name}, написал(а) {author}.',
    partly: 'Прочитано не всё: {what}. Целиком письмо есть в почтовом ящике.',
    headers: 'Прочитан только заголовок. Само письмо есть в почтовом ящике.',
    missing: {
      text: 'часть текста не читается',
      files: 'часть вложений не читается',
      large: 'письмо слишком большое',
      slow: 'разбор занял слишком много времени',
      other: 'часть письма не читается',
    },
    automatic: {
      reply: 'Автоответ',
      bounce: 'Не доставлено',
      receipt: 'Уведомление о прочтении',
      bulk: 'Рассылка',
      calendar: 'Приглашение',
      notice: 'Написала программа',
    },
    closed: 'Текст видят те, кому письмо адресовано, ответственный за клиента и руководитель.',
    joined: {
      one: 'Ещё # письмо этой переписки',
      few: 'Ещё # письма этой переписки',
      many: 'и ещё # писем этой переписки',
      other: 'Ещё # письма этой переписки',
    },
    joinedHow: 'Одна запись на всю переписку.',
    joinedMore: {
      one: 'Ещё # письмо — в истории клиента.',
      few: 'Ещё # письма — в истории клиента.',
      many: 'Ещё # писем — в истории клиента.',
      other: 'Ещё # письма — в истории клиента.',
    },
    gistIsThere: 'Суть — в записи от {time}',
    pages: { one: '# страница', few: '# страницы', many: '# страниц', other: '# страницы' },
    page: 'Страница {n} факса',
    otherPages: {
      one: 'Ещё # страница',
      few: 'Ещё # страницы',
      many: 'Ещё # страниц',
      other: 'Ещё # страницы',
    },
    document: 'Открыть документ',
    station: 'станция {name}',
    faxTo: 'на {who}',
    failed: 'Не прошёл: {why}',
    sentToday: 'Прислал(а) сегодня',
    gone: 'Файла здесь нет',
    goneWhy: {
      erased: 'Письмо здесь уже стёрто.',
      cut: 'Письмо слишком большое, здесь хранится только его начало.',
      unreadable: 'Достать файл из письма не удалось.',
    },
    goneWhere: 'Он остался в почтовом ящике {mailbox}: письмо «{subject}», {time}.',
    goneFolder: 'Папка: {folder}.',
    back: 'Назад',
    noRemote: 'Картинки из интернета не загружаются.',
    asText: 'Письмо отправлено простым текстом.',
  },
  uk: {
    noSubject: 'Без теми',
    from: 'Від {who}',
    to: 'кому {who}',
    more: 'і ще {count}',
    whole: 'Увесь текст',
    letter: 'Лист повністю',
    cutHere: 'Далі не вмістилося.',
    asSent: 'Показати як надіслано',
    files: { one: '# вкладення', few: '# вкладення', many: '# вкладень', other: '# вкладення' },
    units: ['Б', 'КБ', 'МБ'],
    claimed: 'Відправника не підтверджено: від його імені міг написати будь-хто.',
    claimedShort: 'Відправника не підтверджено',
    unconfirmed: 'Відправника наш поштовий сервер не підтвердив.',
    forwarded: 'Переслав(ла) {name}, написав(ла) {author}.',
    forwardedBySomebody: 'Переслано з нашої адреси {name}, написав(ла) {author}.',
    partly: 'Прочитано не все: {what}. Увесь лист є в поштовій скриньці.',
    headers: 'Прочитано лише заголовок. Сам лист є в поштовій скриньці.',
    missing: {
      text: 'частина тексту не читається',
      files: 'частина вкладень не читається',
      large: 'лист завеликий',
      slow: 'розбір тривав задовго',
      other: 'частина листа не читається',
    },
    automatic: {
      reply: 'Автовідповідь',
      bounce: 'Не доставлено',
      receipt: 'Сповіщення про прочитання',
      bulk: 'Розсилка',
      calendar: 'Запрошення',
      notice: 'Написала програма',
    },
    closed: 'Текст бачать ті, кому листа адресовано, відповідальний за клієнта та керівник.',
    joined: {
      one: 'Ще # лист цього листування',
      few: 'Ще # листи цього листування',
      many: 'Ще # листів цього листування',
      other: 'Ще # листа цього листування',
    },
    joinedHow: 'Один запис на все листування.',
    joinedMore: {
      one: 'Ще # лист — в історії клієнта.',
      few: 'Ще # листи — в історії клієнта.',
      many: 'Ще # листів — в історії клієнта.',
      other: 'Ще # листа — в історії клієнта.',
    },
    gistIsThere: 'Суть — у записі від {time}',
    pages: { one: '# сторінка', few: '# сторінки', many: '# сторінок', other: '# сторінки' },
    page: 'Сторінка {n} факсу',
    otherPages: {
      one: 'Ще # сторінка',
      few: 'Ще # сторінки',
      many: 'Ще # сторінок',
      other: 'Ще # сторінки',
    },
    document: 'Відкрити документ',
    station: 'станція {name}',
    faxTo: 'на {who}',
    failed: 'Не пройшов: {why}',
    sentToday: 'Надіслав(ла) сьогодні',
    gone: 'Файлу тут немає',
    goneWhy: {
      erased: 'Лист тут уже стерто.',
      cut: 'Лист завеликий, тут зберігається лише його початок.',
      unreadable: 'Дістати файл із листа не вдалося.',
    },
    goneWhere: 'Він залишився в поштовій скриньці {mailbox}: лист «{subject}», {time}.',
    goneFolder: 'Папка: {folder}.',
    back: 'Назад',
    noRemote: 'Картинки з інтернету не завантажуються.',
    asText: 'Лист надіслано простим текстом.',
  },
  en: {
    noSubject: 'No subject',
    from: 'From {who}',
    to: 'to {who}',
    more: 'and {count} more',
    whole: 'The whole text',
    letter: 'The whole mail',
    cutHere: 'There was no room for the rest.',
    asSent: 'Show as sent',
    files: { one: '# attachment', other: '# attachments' },
    units: ['B', 'KB', 'MB'],
    claimed: 'The sender is not proven: anybody could have written in this name.',
    claimedShort: 'Sender not proven',
    unconfirmed: 'The sender is not confirmed by our mail server.',
    forwarded: 'Forwarded by {name}, written by {author}.',
    forwardedBySomebody: 'Forwarded from our address {name}, written by {author}.',
    partly: 'Not everything was read: {what}. The whole mail is in the mailbox.',
    headers: 'Only the header was read. The mail itself is in the mailbox.',
    missing: {
      text: 'part of the text is unreadable',
      files: 'some attachments are unreadable',
      large: 'the mail is too large',
      slow: 'reading it took too long',
      other: 'part of the mail is unreadable',
    },
    automatic: {
      reply: 'Automatic reply',
      bounce: 'Not delivered',
      receipt: 'Read receipt',
      bulk: 'Mailing list',
      calendar: 'Invitation',
      notice: 'Written by a program',
    },
    closed: 'The text is for those it was written to, for who is responsible for the client, and for the supervisor.',
    joined: { one: '# more mail of this thread', other: '# more mails of this thread' },
    joinedHow: 'One record for the whole thread.',
    joinedMore: {
      one: '# more mail is in the client’s history.',
      other: '# more mails are in the client’s history.',
    },
    gistIsThere: 'What mattered stands in the record of {time}',
    pages: { one: '# page', other: '# pages' },
    page: 'Page {n} of the fax',
    otherPages: { one: '# more page', other: '# more pages' },
    document: 'Open the document',
    station: 'station {name}',
    faxTo: 'to {who}',
    failed: 'Failed: {why}',
    sentToday: 'Sent today',
    gone: 'The file is not here',
    goneWhy: {
      erased: 'The mail has been erased here.',
      cut: 'The mail is too large, only its beginning is kept here.',
      unreadable: 'The file could not be taken out of the mail.',
    },
    goneWhere: 'It is still in the mailbox {mailbox}: the mail “{subject}”, {time}.',
    goneFolder: 'Folder: {folder}.',
    back: 'Back',
    noRemote: 'Pictures from the internet are not loaded.',
    asText: 'The mail was sent as plain text.',
  },
};
