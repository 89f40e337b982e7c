import { typedText } from '../../core/text.ts';
import { fieldOf } from '../mime/headers.ts';
import { decodeBody } from '../mime/transfer.ts';
import { attachedPart } from './body.ts';
import { cleanHtml, type PictureOf } from './clean-html.ts';
import { innermost, readAttachment, readMail } from './read.ts';

/** A mail as its sender saw it. */
export interface AsSent {
  /** Cleaned (see `cleanHtml`); null: it was sent as text. */
  readonly html: string | null;
  /** The whole text, quotes and signature included. */
  readonly text: string;
}

/** A file out of a mail. `cut`: the mail was too large to be kept whole, and the file ends beyond. `none`: there is none such. */
export type Attached = { readonly kind: 'file'; readonly bytes: Uint8Array } | { readonly kind: 'cut' | 'none' };

/** What a thread is asked for. */
export type OpenRequest =
  | { readonly kind: 'as-sent'; readonly bytes: Uint8Array }
  | { readonly kind: 'attached'; readonly bytes: Uint8Array; readonly index: number; readonly isCut: boolean };

/** Pictures of the HTML that are shown with it: base64 grows them by a third. */
const mostPictureBytes = 6_000_000;

export async function readAsSent(bytes: Uint8Array): Promise<AsSent> {
  const read = await readMail(bytes);
  // Nothing runs after the cleaning: a sign taken out of a refused address would let it in.
  return { html: read.html === null ? null : cleanHtml(typedText(read.html), picturesOf(bytes)), text: read.fullText };
}

/** @param index place in `attachments` of what `readMail` makes of the same bytes @param isCut only their beginning was kept */
export function readAttached(bytes: Uint8Array, index: number, isCut: boolean): Attached {
  if (isCut && reachesTheEnd(bytes, index)) return { kind: 'cut' };
  const file = readAttachment(bytes, index);
  return file === null ? { kind: 'none' } : { kind: 'file', bytes: file };
}

function reachesTheEnd(bytes: Uint8Array, index: number): boolean {
  const { mail, structure } = innermost(bytes);
  const part = attachedPart(structure, index);
  return part !== null && part.end >= mail.length;
}

function picturesOf(bytes: Uint8Array): PictureOf {
  const { mail, structure } = innermost(bytes);
  let left = mostPictureBytes;
  return (contentId) => {
    const part = structure.parts.find(
      ({ type, fields }) =>
        /^image\/(?:png|jpe?g|gif|webp|bmp)$/.test(type) &&
        fieldOf(fields, 'content-id')?.trim().replace(/^<|>$/g, '') === decoded(contentId),
    );
    if (part === undefined || part.end - part.start > left) return null;
    left -= part.end - part.start;
    const picture = decodeBody(mail.subarray(part.start, part.end), part.encoding, mostPictureBytes);
    return `data:${part.type};base64,${picture.toString('base64')}`;
  };
}

/** RFC 2392: the identifier stands in the address with signs as %XX. */
function decoded(contentId: string): string {
  try {
    return decodeURIComponent(contentId);
  } catch {
    return contentId;
  }
}
