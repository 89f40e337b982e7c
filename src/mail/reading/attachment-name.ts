import { oneLine } from '../../core/text.ts';

const endings: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'image/tiff': 'tif',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/calendar': 'ics',
  'text/csv': 'csv',
  'text/vcard': 'vcf',
  'text/x-vcard': 'vcf',
  'message/rfc822': 'eml',
  'application/zip': 'zip',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/rtf': 'rtf',
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/ms-tnef': 'dat',
};
const longest = 180;

/**
 * A file name from outside as one that can be shown and saved: no folders, no control or direction signs, no leading dots,
 * at most 180 signs with its ending kept. Never empty.
 */
export function attachmentName(written: string | null, type: string, index: number): string {
  const clean = oneLine(written ?? '')
    .replace(/[␣<>:"|?*]/g, '')
    .replace(/^.*[/\\]/, '')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  if (clean === '') return `attachment-${index + 1}.${Object.hasOwn(endings, type) ? endings[type] : 'bin'}`;
  const points = [...clean];
  if (points.length <= longest) return clean;
  const ending = /\.[^.]{1,12}$/.exec(clean)?.[0] ?? '';
  return `${points.slice(0, longest - ending.length).join('')}${ending}`;
}
