import { oneLine } from '../../core/text.ts';

/** RFC 8187: what else may stand unescaped in an extended value. */
const needsEscape = /['()*]/g;
/** What a file system takes (ext4, NTFS, APFS), in bytes. */
const longest = 255;
/** Windows opens a device instead of a file of such a name, whatever its ending. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** The header that makes a browser save what comes and open nothing (RFC 6266): a name for old ones, the real one beside it. */
export function attachmentHeader(name: string): string {
  const safe = safeName(name);
  const plain = safe.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const escaped = encodeURIComponent(safe).replace(
    needsEscape,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${escaped}`;
}

/** A name from outside as one under which a file may be saved: no folders, no devices, nothing that reads otherwise than it is. */
export function safeName(name: string): string {
  const bare = oneLine(cut(name))
    .replace(/^.*[/\\]/, '')
    .replace(/[␣<>:"|?*]/g, '')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  const own = bare === '' ? 'file' : devices.test(bare) ? `_${bare}` : bare;
  if (Buffer.byteLength(own) <= longest) return own;
  const ending = /\.[\w-]{1,12}$/.exec(own)?.[0] ?? '';
  return beginningOf(own.slice(0, own.length - ending.length), longest - ending.length) + ending;
}

/** As many whole characters as fit into `bytes`. */
function beginningOf(text: string, bytes: number): string {
  let length = 0;
  let left = bytes;
  for (const sign of text) {
    left -= Buffer.byteLength(sign);
    if (left < 0) break;
    length += sign.length;
  }
  return text.slice(0, length);
}

/** Far above what a file system takes; the rest need not be looked at. Both ends stay: a name ends with its kind. */
function cut(name: string): string {
  return name.length <= 2048 ? name : name.slice(0, 1024) + name.slice(-1024);
}
