import PostalMime from 'postal-mime';
import { typedText } from '../../core/text.ts';
import { htmlLines } from '../text/html-lines.ts';
import { joinLines } from '../text/lines.ts';
import { attachmentName } from './attachment-name.ts';
import type { MailAttachment } from './mail-read.ts';

export interface SecondReading {
  readonly text: string;
  readonly attachments: readonly MailAttachment[];
}

/**
 * What another reader makes of the body, for mail our own could make nothing of. Null when it finds nothing either.
 * Its own limits are narrower than ours; all it throws means "no".
 */
export async function readAgain(bytes: Uint8Array): Promise<SecondReading | null> {
  try {
    const mail = await PostalMime.parse(bytes, { maxNestingDepth: 100, maxHeadersSize: 1_000_000 });
    const text = typedText(mail.text?.trim() ? mail.text : joinLines(htmlLines(mail.html ?? '')));
    const attachments = mail.attachments.map((one, index) => ({
      name: attachmentName(one.filename, one.mimeType, index),
      type: one.mimeType.toLowerCase(),
      sizeBytes: typeof one.content === 'string' ? Buffer.byteLength(one.content) : one.content.byteLength,
      isInline: one.disposition === 'inline' && one.related === true,
      pages: null,
      sha256: null,
    }));
    return text === '' && attachments.length === 0 ? null : { text, attachments };
  } catch {
    return null;
  }
}
