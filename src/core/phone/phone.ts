import type { Address } from '../contact/capture.ts';
import { readEmail } from '../email.ts';
import { type PlanCode, readDigits } from './plan.ts';
import { foldText, isLabel, isWithheld, linkedNumber, readPiece } from './text.ts';

export interface PhoneNumber {
  /** With '+'. */
  readonly e164: string;
  /** To be dialled when the number answered; digits. */
  readonly extension: string | null;
}

export type NumberCode = PlanCode | 'empty' | 'withheld' | 'email' | 'letters' | 'text' | 'left_out';

/** What a person wrote in a field for numbers. `code` and `reason` also say what was unusual about numbers that were read. */
export interface NumbersRead {
  readonly numbers: readonly PhoneNumber[];
  readonly code: NumberCode | null;
  readonly reason: string | null;
}

const words: Readonly<Record<NumberCode, string>> = {
  empty: 'empty',
  withheld: 'the number was withheld or is unknown',
  email: 'an e-mail address, not a phone number',
  letters: 'letters where digits should be: not a phone number',
  text: 'a text of this length is not a phone number',
  short_code: 'too short for a phone number: an extension or a short code',
  too_short: 'too short: the area code is missing',
  too_long: 'too long: a phone number has at most 15 digits',
  invalid: 'no numbering plan has such a number',
  ambiguous: 'could be two different numbers: write it with + and the country code',
  no_region: 'the country is not known: write it with + and the country code, or name the region',
  international_guess: 'read as an international number without its +',
  access_digit: 'the first digit was read as the one that asks the exchange for an outside line',
  unallotted: 'the form is right, but the range is not known to be in use',
  left_out: 'not everything in the field could be read as a number',
};

/** No field for numbers is longer; what is longer is a letter, and reading it would cost time for nothing. */
const longestField = 1000;
const separator = /(\n|;|\||,+|\/|\s(?:или|або|or|та|и|й|and|und|oder|lub)\s)/iu;

/**
 * Every phone number of a field, in its order, as E.164 with extension. Pure; never throws, whatever the text.
 *
 * Understood: national and international spellings, several numbers apart by `;` `,` `/` `или` or a new line, extensions
 * (`,123` `доб. 123` `ext. 123` `x123` `#123` `;ext=123`), `tel:` and `sip:` URIs (RFC 3966, RFC 3261 §19.1.6), labels
 * around (`тел.`, `fax:`). Where two readings are possible there is none: see `readDigits`.
 *
 * @param region ISO 3166 code of the trunk or the office; null: international forms only
 */
export function readNumbers(text: string, region: string | null): NumbersRead {
  if (text.length > longestField) return failed('text');
  // 9w0441234567: the digit for an outside line, then wait.
  const field = linkedNumber(foldText(text)).replace(/^([09])[wp](?=[\d+(])/iu, '$1,');
  if (field === '') return failed('empty');
  if (isWithheld(field) || /^[+\s0-]*$/u.test(field)) return failed('withheld');
  const parts = splitField(field);
  const joined = joinSlashes(parts, region);
  const state: Reading = { numbers: [], notes: [], leftOut: [] };
  joined.forEach((part, i) => {
    readPart(part, state, region, joined[i - 1]);
  });
  return concluded(state);
}

/** An address of a capture or of a directory, in the one form in which addresses are compared. */
export function normalizeAddress(
  address: Address,
  region: string | null,
): { readonly normalized: string | null; readonly extension: string | null; readonly reason: string | null } {
  if (address.kind === 'email') {
    const { email, reason } = readEmail(address.value);
    return { normalized: email, extension: null, reason };
  }
  if (address.kind === 'extension') return { normalized: address.value, extension: null, reason: null };
  const { numbers, reason } = readNumbers(address.value, region);
  return { normalized: numbers[0]?.e164 ?? null, extension: numbers[0]?.extension ?? null, reason };
}

interface Part {
  readonly before: string;
  readonly text: string;
}
interface Reading {
  readonly numbers: PhoneNumber[];
  readonly notes: NumberCode[];
  readonly leftOut: { readonly text: string; readonly code: NumberCode }[];
}

function failed(code: NumberCode): NumbersRead {
  return { numbers: [], code, reason: words[code] };
}

function concluded({ numbers: all, notes, leftOut }: Reading): NumbersRead {
  const numbers = [...new Map(all.map((one) => [`${one.e164} ${one.extension}`, one])).values()];
  const [lost] = leftOut;
  const [note] = notes;
  if (numbers.length === 0) return failed(lost?.code ?? 'empty');
  if (lost !== undefined) {
    const quoted = leftOut.map(({ text, code }) => `"${text}" (${words[code]})`).join(', ');
    return { numbers, code: 'left_out', reason: `${words.left_out}: ${quoted}` };
  }
  return { numbers, code: note ?? null, reason: note === undefined ? null : words[note] };
}

/** Cuts at separators; what only describes the part before it (`;ext=12`, `;user=phone`) stays with it. */
function splitField(field: string): Part[] {
  const address = /<((?:sips?|tel):[^<>]+)>/iu.exec(field)?.[1] ?? field;
  const isUri = /^(?:sips?|tel):/iu.test(address);
  const pieces = address.split(separator);
  const parts: Part[] = [];
  let context = '';
  for (let i = 0; i < pieces.length; i += 2) {
    const text = (pieces[i] ?? '').trim();
    const before = i === 0 ? '' : (pieces[i - 1] ?? '').trim() || '\n';
    const parameter = /^([a-z][\w-]*)=\s*(.*)$/iu.exec(text);
    if (parameter === null) {
      if (text !== '' && !isLabel(text)) parts.push({ before, text });
    } else if (parameter[1]?.toLowerCase() === 'ext') {
      parts.push({ before: 'ext', text: /^\d*/u.exec(parameter[2] ?? '')?.[0] ?? '' });
    } else if (parameter[1]?.toLowerCase() === 'phone-context') {
      context = /^\+[\d.()-]+/u.exec(parameter[2] ?? '')?.[0] ?? '';
    } else if (!isUri) {
      parts.push({ before, text });
    }
  }
  const [first, ...others] = parts;
  if (context === '' || first === undefined || /\+/u.test(first.text)) return parts;
  return [{ before: '', text: `${context}${first.text.replace(/^\w+:/u, '')}` }, ...others];
}

/** 044/123-45-67 is one number, 0441234567/0501234567 are two: a slash parts only what is a number on both sides. */
function joinSlashes(parts: readonly Part[], region: string | null): Part[] {
  const groups: Part[][] = [];
  for (const part of parts) {
    const group = part.before === '/' ? groups.at(-1) : undefined;
    if (group === undefined) groups.push([part]);
    else group.push(part);
  }
  return groups.flatMap((group) => {
    const [first, ...tails] = group;
    if (first === undefined || tails.length === 0) return group;
    const whole = { before: first.before, text: group.map(({ text }) => text).join(' ') };
    const areNumbers = group.every(({ text }) => hasNumber(text, region));
    // 123-45-67/68: the tail is the next line's last digits, not more digits of the first.
    const isNextLine = hasNumber(first.text, region) && tails.some(({ text }) => text.replace(/\D/gu, '').length <= 4);
    return areNumbers || isNextLine || !hasNumber(whole.text, region) ? group : [whole];
  });
}

function hasNumber(text: string, region: string | null): boolean {
  return readPiece(text).stretches.some(({ digits, plus }) => readDigits(digits, plus, region).e164 !== null);
}

function readPart(part: Part, state: Reading, region: string | null, previous: Part | undefined): void {
  const last = state.numbers.at(-1);
  const bare = /^(\d{1,6})#?$/u.exec(part.text)?.[1] ?? extensionOnly(part.text);
  const isNamed = extensionOnly(part.text) !== null;
  if (last !== undefined && bare !== null && (part.before === 'ext' || part.before.startsWith(',') || isNamed)) {
    // `…,101` is the extension; a second one (`доб. 101, 102`) is the same number once more.
    const numbers = last.extension === null ? state.numbers.slice(0, -1) : [...state.numbers];
    state.numbers.splice(0, state.numbers.length, ...numbers, { e164: last.e164, extension: bare });
    return;
  }
  if (last === undefined && isNamed) {
    state.leftOut.push({ text: part.text, code: 'short_code' });
    return;
  }
  if (/^[09]$/u.test(part.text)) return; // the digit for an outside line, told apart by a comma: 9,0441234567
  const { stretches, problem } = readPiece(part.text);
  if (problem !== null) {
    state.leftOut.push({ text: part.text, code: problem });
    return;
  }
  for (const { digits, plus, extension } of stretches.flatMap((s) => splitRun(s, part.text, region))) {
    const { e164, code } = readDigits(digits, plus, region);
    if (e164 === null) state.leftOut.push({ text: part.text, code });
    else state.numbers.push({ e164, extension });
    if (e164 !== null && code !== null) state.notes.push(code);
  }
  if (/^[09]$/u.test(previous?.text ?? '') && part.before.startsWith(',')) state.notes.push('access_digit');
}

function extensionOnly(text: string): string | null {
  return /^\(?(?:доб|дод|вн|внутр|ext|extn|x|х|#)[.\s:]*(\d{1,7})\)?$/iu.exec(text)?.[1] ?? null;
}

type Run = { readonly digits: string; readonly plus: boolean; readonly extension: string | null };

/** Numbers with nothing but a space between them, where the whole is none. Cut only where there is one way to cut. */
function splitRun(run: Run, text: string, region: string | null): readonly Run[] {
  if (run.digits.length <= 15 || readDigits(run.digits, run.plus, region).e164 !== null) return [run];
  const tokens = text.split(/\s+/u).filter((token) => /^[+\d(][\d().-]*$/u.test(token));
  const isWhole = tokens.join('').replace(/\D/gu, '') === run.digits;
  const ways = isWhole ? waysToCut(tokens, region) : [];
  const [only, ...others] = ways;
  if (only === undefined || others.length > 0) return [run];
  return only.map((one, i) => (i === only.length - 1 ? { ...one, extension: run.extension } : one));
}

/** A signature has two or three numbers; more are a table. */
const mostInRun = 4;

function waysToCut(tokens: readonly string[], region: string | null, level = 0): readonly (readonly Run[])[] {
  if (tokens.length === 0) return [[]];
  if (level >= mostInRun || tokens.length > 24) return [];
  const ways: (readonly Run[])[] = [];
  for (let count = 1; count <= Math.min(tokens.length, 8); count++) {
    const head = tokens.slice(0, count);
    const digits = head.join('').replace(/\D/gu, '');
    if (digits.length < 7) continue;
    if (digits.length > 15) break;
    const plus = head[0]?.startsWith('+') ?? false;
    const { e164, code } = readDigits(digits, plus, region);
    // A guess is no ground for a cut.
    if (e164 === null || (code !== null && code !== 'unallotted')) continue;
    for (const rest of waysToCut(tokens.slice(count), region, level + 1))
      ways.push([{ digits, plus, extension: null }, ...rest]);
  }
  return ways;
}
