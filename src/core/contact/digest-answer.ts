/** What of an answer to a digest was said about which of its drafts. */
export interface DigestAnswer {
  /** By number, as they stand in the answer; no number twice, no empty text. */
  readonly gists: readonly { readonly number: number; readonly text: string }[];
  readonly unplaced: readonly Unplaced[];
}

/** Words that belong to no draft, as far as a machine can tell. */
export interface Unplaced {
  readonly because: UnplacedBecause;
  /** The number they stand behind; null: there is none. */
  readonly number: number | null;
  readonly text: string;
}

/**
 * no-number: before the first number, or there is none · unknown-number: not in this digest · twice: the number is named
 * again · doubtful: this may be a number of the list or an amount · quoted: a line of our own mail, with words of his below ·
 * closed: the draft is not his any more, or its link has expired.
 */
export type UnplacedBecause = 'no-number' | 'unknown-number' | 'twice' | 'doubtful' | 'quoted' | 'closed';

/**
 * Whose words are these? A person answers a mail that numbers several drafts: `1. …`, `2: …`, `3) …`, `#4 …`, `5 - …`, or
 * `6 Wants …`. Lines without a number belong to the number above them. What can be read in two ways is given to no draft: a
 * gist in the wrong client's history is worse than a question.
 *
 * @param text without quotes and signature
 * @param numbers those of the digest
 */
export function readDigestAnswer(text: string, numbers: readonly number[]): DigestAnswer {
  const blocks = blocksOf(text, new Set(numbers));
  const counts = new Map<number, number>();
  for (const { number, kind } of blocks) if (kind === 'item') counts.set(number, (counts.get(number) ?? 0) + 1);
  const gists: { number: number; text: string }[] = [];
  const unplaced: Unplaced[] = [];
  for (const { kind, number, lines } of blocks) {
    const said = lines.join('\n').trim();
    if (said === '') continue;
    const isOurs = kind === 'item' && ourLink.test(said);
    const because = isOurs ? 'quoted' : kind === 'item' ? whyNotPlaced(number, numbers, counts) : kind;
    if (because === null) gists.push({ number, text: said });
    else unplaced.push({ because, number: kind === 'no-number' ? null : number, text: said });
  }
  return { gists, unplaced };
}

function whyNotPlaced(
  number: number,
  numbers: readonly number[],
  counts: ReadonlyMap<number, number>,
): UnplacedBecause | null {
  if (!numbers.includes(number)) return 'unknown-number';
  return (counts.get(number) ?? 0) > 1 ? 'twice' : null;
}

/** A number with the lines that belong to it. */
interface Block {
  readonly kind: 'item' | 'no-number' | 'doubtful' | 'quoted';
  readonly number: number;
  readonly lines: string[];
}

function blocksOf(text: string, numbers: ReadonlySet<number>): readonly Block[] {
  const lines = text.split(/\r\n?|\n/).map((line) => ({ line, beginning: beginningOf(line) }));
  const sure = new Set(
    lines.flatMap(({ beginning: b }) => (b.kind === 'marked' || b.kind === 'bare' ? [b.number] : [])),
  );
  const isDoubtful = (number: number) => numbers.has(number) && !sure.has(number);
  const blocks: Block[] = [{ kind: 'no-number', number: 0, lines: [] }];
  for (const { line, beginning } of lines) {
    if (beginning.kind === 'words' || (beginning.kind === 'doubtful' && !isDoubtful(beginning.number))) {
      blocks.at(-1)?.lines.push(line.trimEnd());
    } else if (beginning.kind === 'doubtful') {
      blocks.push({ kind: 'doubtful', number: beginning.number, lines: [line.trim()] });
    } else if (namesAnother(beginning, numbers)) {
      blocks.push({ kind: 'doubtful', number: beginning.number, lines: [line.trim()] });
    } else {
      const kind = ourLine.test(beginning.rest) ? 'quoted' : 'item';
      blocks.push({ kind, number: beginning.number, lines: [beginning.rest] });
    }
  }
  return blocks.filter((block) => block.kind !== 'quoted' || saysMore(block));
}

/** `1) Wants an invoice 3) nothing`: two drafts in one line, or an enumeration of what one client wants. */
function namesAnother(
  { number, rest }: { readonly number: number; readonly rest: string },
  numbers: ReadonlySet<number>,
): boolean {
  return [...rest.matchAll(/(?<=\s)#?(\d{1,2})[):](?=\s|\p{L})/gu)].some(
    ([, other]) => Number(other) !== number && numbers.has(Number(other)),
  );
}

/** The facts of a contact as our mail tells them: nobody types this sign. Not every mail program marks what it quotes. */
const ourLine = /\s·\s/;

/** The way to a draft is nobody else's business, and no words about it. */
const ourLink = /\/d\/[\w-]{43}(?![\w-])/;

/** More than the two lines we wrote: the facts and the link. */
function saysMore({ lines }: Block): boolean {
  return lines.filter((line) => line.trim() !== '').length > 2;
}

/** How a line begins: certainly with a number of a list, perhaps, or not. */
type Beginning =
  | { readonly kind: 'marked' | 'bare'; readonly number: number; readonly rest: string }
  | { readonly kind: 'doubtful'; readonly number: number }
  | { readonly kind: 'words' };

/** A list has at most two digits (`mailHolds`); what has more is an amount, a year, a telephone. */
const forms = {
  /** `1. …` `1) …` `1: …` `1.) …` `(1) …` `[1] …`: a digit right behind it is a date, a time or a decimal. */
  point: /^(?:[([]\s?(\d{1,2})\s?[)\]]|(\d{1,2})\s?(?:\.\)|[.):]))(?=[\s\p{L}"«„“]|$)(.*)$/u,
  /** `#1 …`, also `№1. …`; a `№1` alone may be an invoice. */
  sign: /^(?:#\s?(\d{1,2})(?!\d)(?:\.\)|[.):])?|№\s?(\d{1,2})(?:\.\)|[.):]))(?=[\s\p{L}"«„“]|$)(.*)$/u,
  invoice: /^№\s?(\d{1,2})(?![\d/-])/u,
  /** `1 - …` `1- …` `1 —…`, but not `1 - 2 days`. */
  dash: /^(\d{1,2})(?:\s+[-–—]+\s*|[-–—]+\s+)(.*)$/u,
  /** `2-room flat`, not `1-й`, `2-х`, `3-5 days`. */
  joined: /^(\d{1,2})[-–—]\p{L}{4,}/u,
  /** `1, 3: …`, `1,3 - …`: several at once. */
  several: /^(\d{1,2})(?:\s?,\s?\d{1,2})+\s?(?:[.):](?:\s|$)|[-–—]\s)|^(\d{1,2}),\s\d/u,
  alone: /^(\d{1,2})$/,
  /** `- 2: …`, `*2.* …`: behind the sign of a list, or in bold type that became stars. */
  listed: /^[-–—*•_>]+\s*[#№]?\s?(\d{1,2})\s?[.):](?!\d)/,
  bare: /^(\d{1,2})\s+(\S.*)$/u,
};

function beginningOf(line: string): Beginning {
  const text = line.trim();
  const listed = forms.listed.exec(text);
  if (listed) return { kind: 'doubtful', number: Number(listed[1]) };
  if (!/^[\d#№([]/.test(text)) return { kind: 'words' };
  const marked = forms.point.exec(text) ?? forms.sign.exec(text);
  if (marked && isRestOfDate(marked[3] ?? '')) return { kind: 'doubtful', number: Number(marked[1] ?? marked[2]) };
  if (marked) return { kind: 'marked', number: Number(marked[1] ?? marked[2]), rest: (marked[3] ?? '').trim() };
  const dash = forms.dash.exec(text);
  if (dash) return afterDash(Number(dash[1]), dash[2] ?? '');
  const perhaps =
    forms.several.exec(text) ?? forms.invoice.exec(text) ?? forms.joined.exec(text) ?? forms.alone.exec(text);
  if (perhaps) return { kind: 'doubtful', number: Number(perhaps[1] ?? perhaps[2]) };
  const bare = forms.bare.exec(text);
  return bare ? afterSpace(Number(bare[1]), bare[2] ?? '') : { kind: 'words' };
}

/** `2. 03. 2026`, `2. марта`: a date as some write it. */
function isRestOfDate(rest: string): boolean {
  const [word = ''] = /^\p{L}+/u.exec(rest.trim()) ?? [];
  return /^\s*(?:0?[1-9]|1[0-2])\s?\.\s?(?:19|20)\d\d(?!\d)/.test(rest) || months.has(word.toLowerCase());
}

/** `1 - 2 days` is an amount of days, or two days of draft 1. */
function afterDash(number: number, rest: string): Beginning {
  return /^[\d+]/.test(rest) ? { kind: 'doubtful', number } : { kind: 'marked', number, rest };
}

/** With nothing but a space behind it a number is one of the list where a sentence begins there. */
function afterSpace(number: number, rest: string): Beginning {
  if (isCounted(rest)) return { kind: 'words' };
  if (/^["«„“]?\p{Lu}/u.test(rest)) return { kind: 'bare', number, rest };
  // Behind `8 (` digits follow, as in telephone numbers.
  return /^(?:[\p{Ll}+"«„“]|\((?!\s?\d))/u.test(rest) ? { kind: 'doubtful', number } : { kind: 'words' };
}

/** One capital is an initial or a preposition (`2 В среду`), no unit. */
function isCounted(rest: string): boolean {
  const [word = ''] = /^\p{L}+(?![\p{L}-])/u.exec(rest) ?? [];
  const asListed = word.length === 1 ? word : word.toLowerCase();
  return counted.has(asListed) || months.has(asListed);
}

const months = words(`
  января февраля марта апреля мая июня июля августа сентября октября ноября декабря січня лютого березня квітня травня червня
  липня серпня вересня жовтня листопада грудня
  january february march april june july august september october november december jan feb mar apr jun jul aug sep oct nov dec`);

/** What is counted and measured, in words that begin no sentence about a contact. Others are doubtful, and asked about. */
const counted = words(`
  шт штук штука штуки ед уп пач пачка пачки пачек пар пара пары компл комплект комплекта комплектов
  коробка коробки коробок короб ящик ящика ящиков мешок мешка мешков паллета паллеты паллет рулон рулона рулонов
  кг г гр т тн тонн тонна тонны тонни мг ц л мл литр литра литров м мм см км кв куб метр метра метров х x
  грн гривна гривны гривен гривня гривні гривень руб рубль рубля рублей коп р тыс тис млн млрд тысяч тысяча тысячи тисяч тисяча
  тисячі евро євро долл доллар доллара долларов доларів тенге uah usd eur rub pln kzt процент процента процентов відсоток відсотка
  відсотків год года году лет рік роки року років мес месяц месяца месяцев місяць місяці місяців нед неделя недели недель
  тиждень тижні тижнів день дня дней дні днів сут суток час часа часов годин година години мин минут минута минуты хв хвилин
  хвилина хвилини сек секунд секунда секунды раз раза разів рази минуту неделю тонну секунду тысячу чел человек человека людей осіб
  гб мб тб кб gb mb tb kb квт вт мбит
  pcs pc piece pieces box boxes pair pairs sets pack packs kg g t ton tons tonne tonnes mg l ml litre litres m mm cm km
  percent year years month months week weeks day days hour hours h min mins minute minutes sec second seconds times
  people person am pm k`);

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}
