import { addressOf, isMissed, kindOf, type Named, whoOf } from '../core/contact-words.ts';
import type { Language } from '../core/language.ts';
import { fill } from '../core/text.ts';
import { showDuration, showTime } from '../core/wall-time.ts';
import { mailTexts } from './texts.ts';

export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The mail that asks for the gist of one contact: the bare facts and one link, nothing of what was said. */
export function askLetter(
  contact: Named & { readonly startedAt: Date; readonly talkSeconds: number | null; readonly callBack: boolean },
  link: string,
  reader: { readonly language: Language; readonly zone: string },
): Letter {
  const texts = mailTexts[reader.language];
  const missed = isMissed(contact) && contact.callBack;
  const time = showTime(contact.startedAt, reader.zone);
  const kind = kindOf(contact, reader.language);
  const who = whoOf({ ...contact, outsideName: nameWithoutLink(contact.outsideName) }, reader.language);
  const talked = contact.talkSeconds ? showDuration(contact.talkSeconds) : null;
  const address = contact.clientName === null ? null : addressOf(contact, reader.language);
  const facts = [kind, who, address, time, talked].filter((fact) => fact !== null).join(' · ');
  return letter({
    subject: fill(missed ? texts.subjectMissed : texts.subject, { kind, who, time }),
    paragraphs: [facts, missed ? texts.askMissed : texts.ask],
    link,
    open: texts.open,
    why: texts.why,
    language: reader.language,
  });
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
    paragraphs: [fill(texts.signInAsk, { minutes: String(minutes) })],
    link,
    open: texts.signInOpen,
    why: texts.signInWhy,
    language,
  });
}

interface Parts {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly link: string;
  readonly open: string;
  readonly why: string;
  readonly language: Language;
}

function letter({ subject, paragraphs, link, open, why, language }: Parts): Letter {
  const text = [...paragraphs, link, '--', why].join('\n\n').replace('\n\n--\n\n', '\n\n-- \n');
  // Mail readers know no style sheets of ours, hence the inline styles; no image, no second link, nothing to track.
  const html = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif">
${paragraphs.map((paragraph) => `<p style="margin:0 0 16px">${escapeHtml(paragraph)}</p>`).join('\n')}
<p style="margin:24px 0"><a href="${escapeHtml(link)}" style="display:inline-block;padding:12px 24px;border-radius:8px;background:#1d5c4d;color:#ffffff;text-decoration:none;font-weight:600">${escapeHtml(open)}</a></p>
<p style="margin:0;color:#666666;font-size:13px">${escapeHtml(why)}</p>
</body></html>
`;
  return { subject, text: `${text}\n`, html };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
