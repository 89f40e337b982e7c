import { type MailAddress, readAddresses } from '../mime/addresses.ts';
import type { Line } from './lines.ts';
import { attributionStrength, readLabel } from './quote-words.ts';

/** Who had written the mail that was forwarded, as its header in the text says. */
export interface ForwardedFrom {
  readonly sender: MailAddress | null;
  /** The name alone: Outlook inside one company writes no address. */
  readonly name: string | null;
  readonly subject: string | null;
}

/** The header below a forward marker, and where the text begins. Null when there is none. */
export function readForwardHead(
  lines: readonly Line[],
  from: number,
): { readonly from: ForwardedFrom; readonly next: number } | null {
  let sender: MailAddress | null = null;
  let name: string | null = null;
  let subject: string | null = null;
  let seen = 0;
  let i = from;
  for (; i < lines.length && i < from + 24; i++) {
    const text = lines[i]?.text.trim() ?? '';
    if (text === '') {
      if (seen > 0 && readLabel(lines[i + 1]?.text ?? '') === null) break;
      continue;
    }
    const label = readLabel(text);
    if (label === null) {
      // Yandex: `17.11.2026, 10:15, "Анна" <a@acme.example>:`
      if (seen === 0 && attributionStrength(text) > 0) {
        sender = addressIn(text);
        i++;
        seen++;
        break;
      }
      if (seen === 0) return null;
      // A name or a list of recipients that was broken over two lines.
      if (readLabel(lines[i + 1]?.text ?? '') === null) break;
      continue;
    }
    seen++;
    if (label.role === 'from') {
      const below = label.value === '' ? (lines[i + 1]?.text.trim() ?? '') : '';
      const value = label.value === '' ? below : label.value;
      sender ??= addressIn(value);
      name ??= sender?.name ?? (value === '' ? null : value.slice(0, 200));
    }
    if (label.role === 'subject') subject ??= label.value;
  }
  return seen === 0 ? null : { from: { sender, name, subject }, next: i };
}

/** The last address of a line: dates and names stand before it. `mailto:` in square brackets is Outlook's. */
function addressIn(text: string): MailAddress | null {
  const bracket = /\[mailto:([^\]\s]{3,320})\]/i.exec(text);
  if (bracket !== null) {
    const [found] = readAddresses(bracket[1] ?? '');
    const name = text.slice(0, bracket.index).replace(/["*]/g, '').trim();
    return found === undefined ? null : { email: found.email, name: name === '' ? null : name };
  }
  const match =
    /(?:"([^"]{0,200})"|([^,<>"]{0,200}?))\s*<?\s*(?:mailto:)?([^\s<>@",;:()]{1,64}@[^\s<>@",;:()]{2,255})/i.exec(
      text.slice(0, 1000),
    );
  const [found] = readAddresses(match?.[3] ?? null);
  if (found === undefined) return null;
  const name = (match?.[1] ?? match?.[2] ?? '').replace(/\*/g, '').trim();
  return { email: found.email, name: name === '' || name.includes('@') ? null : name };
}
