// The words with which mail programs introduce what they quote. Taken from what the programs write in Russian, Ukrainian and
// English; each expression is tried on one line, or on up to four joined, of at most `longestLine` signs.

export const longestLine = 500;

const monthName =
  /(?<!\p{L})(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|січ|лют|бер|квіт|трав|черв|лип|серп|вер|жовт|лист|груд|jan|feb|apr|may|jun|jul|aug|sep|oct|nov|dec)/iu;
const numericDate = /(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})|\d{4}[-./]\d{1,2}[-./]\d{1,2})(?!\d)/;
const year = /(?<!\d)(?:19|20)\d\d(?!\d)/;
const time = /(?<!\d)\d{1,2}[:.]\d\d(?!\d)/;
const address = /[^\s<>@"]{1,64}@[^\s<>@"]{3,}/;
const verb =
  /(?:wrote|writes|написала?|написал\s?\((?:-?л)?а\)|написав|написав\s?\((?:-?л)?а\)|пишет|пише|schrieb|napisał\(?a?\)?|a écrit)\s*:$/iu;

/** The Bat!, webmails: `Вы писали 17 ноября 2026 г., 10:15:`. */
const told = /(?<!\p{L})(?:на)?(?:писал|писав|писали)(?!\p{L})|(?<!\p{L})(?:wrote|said)(?!\p{L})/iu;

/** Could an attribution that is broken over several lines begin so? */
export function beginsAttribution(line: string): boolean {
  return line.length <= longestLine && (numericDate.test(line) || monthName.test(line));
}

/** How surely a line announces a quote: 2 even when nothing quoted follows, 1 only in front of a quote. */
export function attributionStrength(line: string): 0 | 1 | 2 {
  const text = line.trim();
  if (text.length < 6 || text.length > longestLine || !/[:：]$/.test(text)) return 0;
  const hasDate = numericDate.test(text) || (monthName.test(text) && (year.test(text) || /\d/.test(text)));
  const hasTime = time.test(text);
  const hasVerb = verb.test(text);
  const hasAddress = address.test(text);
  const endsInAddress = />\s*:$|@[\w.-]+\s*:$/.test(text);
  if (hasDate && hasTime && (hasVerb || endsInAddress)) return 2;
  if (hasVerb && hasAddress) return 2;
  const isLikely = (hasDate || hasTime) && (hasVerb || hasAddress || told.test(text));
  return isLikely || (hasVerb && text.length < 150) || (endsInAddress && text.length < 200) ? 1 : 0;
}

const words = {
  forwarded:
    'forwarded message|begin forwarded message|пересылаемое сообщение|пересланное сообщение|пересылаемое письмо|перенаправленное сообщение|переадресованное сообщение|начало переадресованного сообщения|начало пересылаемого сообщения|начало пересланного сообщения|переслане повідомлення|пересланий лист|перенаправлене повідомлення|переадресоване повідомлення|початок переадресованого повідомлення|початок пересланого повідомлення|початок листа, що пересилається|повідомлення, що пересилається|переслано',
  original:
    'original message|original appointment|reply message|исходное сообщение|оригинальное сообщение|первоначальное сообщение|оригінальне повідомлення|вихідне повідомлення|початкове повідомлення|первинне повідомлення|вхідне повідомлення|исходное письмо|оригінальний лист|вихідний лист',
};
const forwarded = new RegExp(`^[-–—_=*\\s]*(?:${words.forwarded})\\s*:?[-–—_=*\\s]*$`, 'iu');
const forwardedFrom = /^[-–—_=*]{3,}\s*(?:forwarded by|переслал|переслано|переслав|forwarded message from)\s/iu;
const original = new RegExp(`^(?:[-–—_=*]+\\s*)(?:${words.original})\\s*:?\\s*[-–—_=*]+$`, 'iu');

/** As all of these begin: to be asked of every line of every mail. */
const begins = /^[-–—_=*\s]*[fFbBпПнН]/;

export function isForwardMarker(line: string): boolean {
  return line.length < 200 && begins.test(line) && (forwarded.test(line.trim()) || forwardedFrom.test(line.trim()));
}

/** `-----Original Message-----`, or the line of underscores that Outlook draws on phones. */
export function isDivider(line: string): boolean {
  const text = line.trim();
  return text.length < 120 && (original.test(text) || /^[_]{10,}$/.test(text));
}

export type Role = 'from' | 'date' | 'to' | 'subject' | 'other';
const labels: readonly (readonly [Role, string])[] = [
  ['from', 'from|sender|от|от кого|отправитель|від|від кого|відправник|von|od|de'],
  [
    'date',
    'sent|date|отправлено|дата|послано|дата отправки|надіслано|відправлено|дата надсилання|gesendet|datum|received',
  ],
  ['to', 'to|кому|получатель|одержувач|an'],
  ['subject', 'subject|тема|betreff'],
  [
    'other',
    'cc|bcc|копия|скрытая копия|копія|прихована копія|reply-to|ответить|відповісти|importance|важность|важливість|attachments|вложения|вкладення|priority',
  ],
];
const roles = new Map(labels.flatMap(([role, names]) => names.split('|').map((name) => [name, role] as const)));

/** A line of a quoted mail's header, `От: Анна <a@acme.example>`; asterisks are the bold type of plain-text versions. */
export function readLabel(line: string): { readonly role: Role; readonly value: string } | null {
  if (!line.includes(':')) return null;
  const match = /^[\s*>|]*([\p{L}][\p{L}\s-]{0,20}?)\s*\*?\s*:\s*\*?\s*(.*)$/u.exec(line.slice(0, 2000));
  const role = roles.get((match?.[1] ?? '').toLowerCase().replace(/\s+/g, ' '));
  return role === undefined ? null : { role, value: (match?.[2] ?? '').trim() };
}

export type Prefix = 'reply' | 'forward' | null;

/** What the first prefix of a subject says: `Fwd: Re: x` is a forward. */
export function prefixOf(subject: string): Prefix {
  const text = subject.trim().replace(/^\[[^\]]{1,40}\]\s*/, '');
  if (/^(?:re|aw|sv|ответ|отв|відп|відповідь)\s?(?:\[\d+\]|\(\d+\)|\d+)?\s?:/iu.test(text)) return 'reply';
  return /^(?:fwd?|fw|wg|tr|пересл|переслано|пер|пересылка|пд)\s?(?:\[\d+\]|\d+)?\s?:/iu.test(text) ? 'forward' : null;
}
