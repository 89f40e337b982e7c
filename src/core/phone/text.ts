/** One number-like stretch of a field, cut out of what stands around it. */
export interface Stretch {
  readonly digits: string;
  readonly plus: boolean;
  readonly extension: string | null;
}

export type Piece = {
  readonly stretches: readonly Stretch[];
  readonly problem: 'letters' | 'email' | 'withheld' | null;
};

/** Characters that look like another one → that one; invisible ones vanish. Dashes become '-', any space ' '. */
export function foldText(text: string): string {
  return (
    text
      .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0000]/gu, '')
      .replace(/[\uff01-\uff5e]/gu, (c) => String.fromCodePoint((c.codePointAt(0) ?? 0) - 0xfee0))
      .replace(/[\u0660-\u0669]/gu, (c) => String((c.codePointAt(0) ?? 0) - 0x660))
      .replace(/[\u06f0-\u06f9]/gu, (c) => String((c.codePointAt(0) ?? 0) - 0x6f0))
      .replace(/[\u2010-\u2015\u2212\u02d7\ufe58]/gu, '-')
      .replace(/[\u2044\u2215]/gu, '/')
      .replace(/[\u00b7\u2022\u2219\u22c5]/gu, '.')
      .replace(/(?<=\d)_(?=\d)/gu, '-')
      .replace(/(?<=\d)["'’”]|["'’“](?=\d)/gu, '')
      // Who types with two hands takes the letter for the nought.
      .replace(/(?<=\d)[OО]+(?!\p{L})|(?<!\p{L})[OО]+(?=\d)/gu, (letters) => '0'.repeat(letters.length))
      // When somebody may be called: 10:00-18:00.
      .replace(/(?<![\d:])\d{1,2}:\d\d(?![\d:])(?:\s*-\s*\d{1,2}:\d\d(?![\d:]))?/gu, ' ')
      .replace(/[^\S\n]/gu, ' ')
      .replace(/[[{]/gu, '(')
      .replace(/[\]}]/gu, ')')
      .replace(/^[\s'"`’‘«»=]+|[\s'"`’‘«».,;]+$/gu, '')
  );
}

const withheldWords = new Set(
  (
    'anonymous anonym unknown withheld restricted private unavailable blocked none null nobody n/a na hidden nonumber ' +
    'аноним анонимный анонім скрыт скрытый скрытыйномер прихований прихованийномер неизвестен неизвестный невідомий ' +
    'невідомо нет немає номерскрыт brak unbekannt unterdrückt callidblocked'
  ).split(' '),
);
/** ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE spelt on a keypad, as some exchanges send them. */
const withheldDigits = new Set(['266696687', '7378742833', '2562533', '8656696', '86282452253']);

export function isWithheld(text: string): boolean {
  const word = text.toLowerCase().replace(/^sips?:|@.*$|[<>()\s"_-]/gu, '');
  return withheldWords.has(word) || withheldDigits.has(word.replace(/^\+/, ''));
}

const label =
  /(?<![\p{L}\d])(?:тел(?:ефон)?|моб(?:ильный|ільний)?|факс|раб(?:очий)?|роб(?:очий)?|дом(?:ашний|ашній)?|сот(?:овый)?|гор(?:одской)?|міськ?(?:ий)?|номер|т|ф|м|р|д|phone|tel(?:efon|ephone)?|kom(?:órka)?|mobile?|handy|mob|cell|fax|work|home|office|viber|whatsapp|telegram|вайбер|call|main|t|f|m|p|h|o)(?:\.|:|№|-(?=\d))*(?!\p{L})/giu;
const extensionAtEnd =
  /(?<=[\d)].*?)[\s,;(/]*(?:(?<!\p{L})(?:доб(?:авочный)?|дод(?:атковий)?|вн(?:утр(?:енний|ішній)?)?|ext(?:ension|n)?|тон(?:ом|овый(?:\s+набор)?)?|wew(?:nętrzny|n)?|durchwahl|dw|app|добав)(?!\p{L})|[xх#*]|(?<=\d)[pw](?=\d)|(?<!\p{L})w(?=\.))[.\s:=#№-]*(\d{1,7})[\s)#]*(?:[\s(]\p{L}[\p{L}\s.)-]*)?$/iu;
const extensionInBrackets = /(?<=\d\D{0,3}(?:\d\D{0,3}){8})\((\d{1,6})\)\s*$/u;
const number = /\+?[\d(][\d\s().~-]*/gu;

/** Is this only the name of a kind of number (`тел`, `fax`)? */
export function isLabel(text: string): boolean {
  return text.replace(label, '').replace(/[\s.:№()-]/gu, '') === '';
}

/** One piece of a field (no list separators left in it) → the stretches of digits in it that may be numbers. */
export function readPiece(piece: string): Piece {
  const address = /<([^<>]*\d[^<>]*)>/u.exec(piece)?.[1] ?? piece;
  const isUri = /^\s*(?:tel|callto|sips?|h323|sms|phone|fax|whatsapp|viber):/iu.test(address);
  const user = isUri ? userOf(address) : address;
  if (isWithheld(user)) return { stretches: [], problem: 'withheld' };
  if (/@/u.test(user) && !/^\s*(?:\+\d[\d().\s-]*@|\d+@(?:(?:\d+\.){3}\d+|c\.us$|s\.whatsapp\.net$))/u.test(user))
    return { stretches: [], problem: 'email' };
  const dialled = user
    .replace(/@.*$/u, '')
    .replace(/^\s*(?:[*#]31[*#]|\*67(?=\D|\d{7}))/u, '') // "hide my number", dialled in front
    .replace(/0(?:xx|хх)/giu, '0'); // 8 (0xx44): the way of writing "the area code goes here"
  const ending = extensionAtEnd.exec(dialled) ?? extensionInBrackets.exec(dialled);
  const extension = ending?.[1] ?? null;
  const rest = dialled.slice(0, ending?.index).replace(label, ' ; '); // a label begins another number
  if (/[\p{L}_][-']?\d|\d[-']?[\p{L}_]/u.test(rest)) return { stretches: [], problem: 'letters' };
  if (/[*#]/u.test(rest)) return { stretches: [], problem: 'letters' };
  const found = [...rest.matchAll(number)].map(([text]) => stretchOf(text)).filter(({ digits }) => digits !== '');
  const long = found.filter(({ digits }) => digits.length > 4);
  const kept = long.length > 0 ? long : found.slice(0, 1);
  return {
    stretches: kept.map((stretch, i) => (i === kept.length - 1 ? { ...stretch, extension } : stretch)),
    problem: kept.length === 0 ? 'letters' : null,
  };
}

/** Links of messengers (`viber://chat?number=%2B380…`) name the number among their parameters. Anything else stays as it is. */
export function linkedNumber(text: string): string {
  const asked = /^\w+:\/\/\S*[?&](?:number|phone)=([^&#\s]+)/iu.exec(text)?.[1];
  return asked === undefined ? text : decoded(asked);
}

function userOf(uri: string): string {
  return decoded(uri.replace(/^\s*\w+:(?:\/\/)?/u, '').replace(/[?@].*$/u, ''));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare % is no encoding
  }
}

function stretchOf(text: string): Stretch {
  const plus = text.startsWith('+');
  // +44 (0)20 …: the zero is for callers at home; but in 8 (0) 44 … it is part of the way out.
  const whole = /^\s*8\D*\(0\)/u.test(text) ? text : text.replace(/(?<=\d\D*)\(0\)/u, '');
  const digits = whole.replace(/\D/gu, '');
  // No country code is a lone 8: +8 (495) … is a habit of those who dial 8, not Vietnam.
  return { digits, plus: plus && !/^\+8[\s(-]/u.test(text), extension: null };
}
