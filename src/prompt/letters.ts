import type { Unplaced } from '../core/contact/digest-answer.ts';
import { addressOf, isMissed, kindOf, type Named, whoOf } from '../core/contact/words.ts';
import { type Language, plural } from '../core/language.ts';
import { fill, manyLines, shorten } from '../core/text.ts';
import { showDay, showDuration, showTime, wallTime } from '../core/time/wall-time.ts';
import { mailTexts } from './texts.ts';

export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type AskedContact = Named & {
  readonly startedAt: Date;
  readonly talkSeconds: number | null;
  readonly callBack: boolean;
};

interface Reader {
  readonly language: Language;
  readonly zone: string;
}

/** The mail that asks for the gist of one contact: the bare facts and one link, nothing of what was said. */
export function askLetter(contact: AskedContact, link: string, reader: Reader): Letter {
  const texts = mailTexts[reader.language];
  const missed = isMissed(contact) && contact.callBack;
  const time = showTime(contact.startedAt, reader.zone);
  return letter({
    subject: fill(missed ? texts.subjectMissed : texts.subject, {
      kind: kindOf(contact, reader.language),
      who: whoIn(contact, reader.language),
      time,
    }),
    parts: [
      factsOf(contact, time, reader.language),
      missed ? texts.askMissed : texts.ask,
      { facts: null, link, open: texts.open },
    ],
    why: texts.why,
    language: reader.language,
  });
}

/** A contact of several in one mail. */
export type Numbered = AskedContact & { readonly number: number; readonly link: string };

interface ReaderNow extends Reader {
  readonly now: Date;
}

/**
 * The same for several contacts, in this order: each with its number, its facts and its own link.
 * @param more how many found no place in the mail, and where they are; 0: none
 * @param isRead false: nobody would read an answer
 */
export function digestLetter(
  contacts: readonly Numbered[],
  more: { readonly count: number; readonly link: string },
  isRead: boolean,
  reader: ReaderNow,
): Letter {
  const { language } = reader;
  const texts = mailTexts[language];
  const rest = { facts: plural(language, more.count, texts.digestMore), link: more.link, open: texts.digestOpen };
  return letter({
    subject: plural(language, contacts.length, texts.digestSubject),
    parts: [
      texts.digestAsk,
      ...(isRead ? [texts.digestAnswer] : []),
      ...contacts.map((contact) => lineOf(contact, reader)),
      ...(more.count > 0 ? [rest] : []),
    ],
    why: texts.digestWhy,
    language,
  });
}

/** Longest piece of an answer that is told back; all of it is kept with the mail. */
const longestPiece = 2000;

/**
 * What of an answer to a digest could not be placed: his own words, each with why, and what to do; then what of the digest
 * still waits, under the numbers it had there.
 */
export function unplacedLetter(unplaced: readonly Unplaced[], waiting: readonly Numbered[], reader: ReaderNow): Letter {
  const texts = mailTexts[reader.language];
  return letter({
    subject: texts.unplacedSubject,
    parts: [
      texts.unplacedWhat,
      ...unplaced.flatMap(({ because, number, text }) => [
        fill(texts.unplacedBecause[because], { number: String(number ?? '') }),
        { quote: shorten(manyLines(text), longestPiece) },
      ]),
      texts.unplacedCure,
      waiting.length > 0 ? texts.unplacedLeft : texts.unplacedNoneLeft,
      ...waiting.map((contact) => lineOf(contact, reader)),
    ],
    why: texts.digestWhy,
    language: reader.language,
  });
}

function lineOf(contact: Numbered, { language, zone, now }: ReaderNow): LinkPart {
  const today = wallTime(now, zone).day;
  const { day } = wallTime(contact.startedAt, zone);
  const time = showTime(contact.startedAt, zone);
  // Over a week-end, or after a thread's rest, the time alone does not tell which day it was.
  const when = day === today ? time : `${showDay(day, today, language)}, ${time}`;
  const facts = `${contact.number}. ${factsOf(contact, when, language)}`;
  return { facts, link: contact.link, open: mailTexts[language].open };
}

/** What the machine knows of it, in one line. */
function factsOf(contact: AskedContact, time: string, language: Language): string {
  const talked = contact.talkSeconds ? showDuration(contact.talkSeconds) : null;
  const address = contact.clientName === null ? null : addressOf(contact, language);
  const facts = [kindOf(contact, language), whoIn(contact, language), address, time, talked];
  return facts.filter((fact) => fact !== null).join(' · ');
}

function whoIn(contact: Named, language: Language): string {
  return whoOf({ ...contact, outsideName: nameWithoutLink(contact.outsideName) }, language);
}

/**
 * Callers and visitors of a web site name themselves, and mail readers make a link of whatever looks like one: such a name
 * stays on the page, and the mail has the number. Null: none, or one that holds an address.
 */
function nameWithoutLink(name: string | null): string | null {
  return name !== null && /:\/\/|[\p{L}\d-]{2,}\.[\p{Ll}-]{2,}/u.test(name) ? null : name;
}

export function signInLetter(link: string, minutes: number, language: Language): Letter {
  const texts = mailTexts[language];
  return letter({
    subject: texts.signInSubject,
    parts: [fill(texts.signInAsk, { minutes: String(minutes) }), { facts: null, link, open: texts.signInOpen }],
    why: texts.signInWhy,
    language,
  });
}

/** A link with what stands above it; without facts it is the one thing to do in the mail, and a large button. */
interface LinkPart {
  readonly facts: string | null;
  readonly link: string;
  readonly open: string;
}

/** Words of the reader's own. */
interface QuotePart {
  readonly quote: string;
}

type Part = string | LinkPart | QuotePart;

interface LetterParts {
  readonly subject: string;
  /** Paragraphs and links, from top to bottom. */
  readonly parts: readonly Part[];
  readonly why: string;
  readonly language: Language;
}

function letter({ subject, parts, why, language }: LetterParts): Letter {
  const text = `${parts.map(inText).join('\n\n')}\n\n-- \n${why}\n`;
  // Mail readers know no style sheets of ours, hence the inline styles; no image, no link but ours, nothing to track.
  const html = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif">
${parts.map(inHtml).join('\n')}
<p style="margin:0;color:#666666;font-size:13px">${escapeHtml(why)}</p>
</body></html>
`;
  return { subject, text, html };
}

function inText(part: Part): string {
  if (typeof part === 'string') return part;
  if ('quote' in part) return part.quote.replace(/^/gm, '> ');
  return part.facts === null ? part.link : `${part.facts}\n${part.link}`;
}

function inHtml(part: Part): string {
  if (typeof part === 'string') return `<p style="margin:0 0 16px">${escapeHtml(part)}</p>`;
  if ('quote' in part)
    return `<blockquote style="margin:0 0 16px;padding-left:12px;border-left:3px solid #cccccc;white-space:pre-wrap">${escapeHtml(part.quote)}</blockquote>`;
  const { facts, link, open } = part;
  const [href, words] = [escapeHtml(link), escapeHtml(open)];
  return facts === null
    ? `<p style="margin:24px 0"><a href="${href}" style="display:inline-block;padding:12px 24px;border-radius:8px;background:#1d5c4d;color:#ffffff;text-decoration:none;font-weight:600">${words}</a></p>`
    : `<p style="margin:0 0 16px">${escapeHtml(facts)}<br><a href="${href}" style="display:inline-block;padding:8px 0;color:#1d5c4d;font-weight:600">${words}</a></p>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
