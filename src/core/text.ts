/**
 * Text from outside as one line for people: line breaks become spaces, control characters go, and characters that make
 * a name read otherwise than it is written (direction marks, zero-width ones) are shown as `␣`.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\r\n\t\u0085\u2028\u2029]+/g, ' ')
    .replace(/[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '␣')
    .replace(/[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/gu, '')
    .trim();
}

/** At most `length` characters (code points); what was cut ends in an ellipsis. */
export function shorten(text: string, length: number): string {
  const points = [...text];
  return points.length <= length ? text : `${points.slice(0, length - 1).join('')}…`;
}

/** What a person typed, as the database can hold it: no NUL, no lone surrogates, line ends as `\n`, no blank ends. */
export function typedText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .replace(/[\ud800-\udfff]/gu, '\ufffd')
    .trim();
}

/** E.164 as people of the region write it: 067 123-45-67 at home, +380 67 123-45-67 elsewhere. Others come back in groups. */
export function showPhone(number: string): string {
  const ukraine = /^\+380(\d\d)(\d{3})(\d\d)(\d\d)$/.exec(number);
  if (ukraine) return `+380 ${ukraine[1]} ${ukraine[2]}-${ukraine[3]}-${ukraine[4]}`;
  const seven = /^\+7(\d{3})(\d{3})(\d\d)(\d\d)$/.exec(number);
  if (seven) return `+7 ${seven[1]} ${seven[2]}-${seven[3]}-${seven[4]}`;
  return oneLine(number);
}

/** Puts values in the places of a text: fill('{a}!', { a: 'Oh' }) → 'Oh!'. What is inserted is never read as a place. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
