/**
 * Text from outside as one line for people: line breaks become spaces, control characters go, and characters that make
 * a name read otherwise than it is written (direction marks, zero-width ones) are shown as `␣`.
 */
export function oneLine(text: string): string {
  // Nearly every line is as it should be: one look instead of three.
  if (!odd.test(text)) return text.trim();
  return text
    .replace(/[\r\n\t\u0085\u2028\u2029]+/g, ' ')
    .replace(/[\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '␣')
    .replace(/[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/gu, '')
    .trim();
}

const odd =
  /[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff]/;

/**
 * A longer text from outside, lines and all. Signs that turn the order of what stands around them go, joiners of emoji stay;
 * of many blank lines one is left.
 */
export function manyLines(text: string): string {
  return (
    text
      .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
      .replace(/[\u061c\u180e\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff]/gu, '')
      // Begun anew at each blank of a long run, it would take the square of its length.
      .replace(/(?<![ \t])[ \t]+\n/g, '\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim()
  );
}

/** A text in two: about `length` characters, to the end of a line or a word, and the rest; '' where it is not longer. */
export function splitText(text: string, length: number): readonly [head: string, rest: string] {
  // Somewhat longer is no reason to hide the last words.
  if (text.length <= length * 1.2) return [text, ''];
  const start = text.slice(0, length);
  const ends = [start.lastIndexOf('\n'), start.lastIndexOf(' ')].filter((at) => at > length * 0.7);
  const at = ends[0] ?? length - (/[\ud800-\udbff]$/.test(start) ? 1 : 0);
  return [text.slice(0, at).trimEnd(), text.slice(at).trimStart()];
}

/** At most `length` characters (code points); what was cut ends in an ellipsis. */
export function shorten(text: string, length: number): string {
  const points = [...text];
  return points.length <= length ? text : `${points.slice(0, length - 1).join('')}…`;
}

/** What a person typed, as the database can hold it: no NUL, no lone surrogates, line ends as `\n`, no blank ends. */
export function typedText(text: string): string {
  const clean = control.test(text)
    ? text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    : text;
  return clean.toWellFormed().trim();
}
const control = /[\u0000-\u0008\u000b-\u001f\u007f]/;

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
