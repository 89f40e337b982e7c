import {
  type CountryCode,
  getCountryCallingCode,
  isSupportedCountry,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';

/** What was unusual about a number that was read, or why there is none. */
export type PlanCode =
  | 'international_guess'
  | 'access_digit'
  | 'unallotted'
  | 'short_code'
  | 'too_short'
  | 'too_long'
  | 'invalid'
  | 'ambiguous'
  | 'no_region';

export type PlanReading =
  | { readonly e164: string; readonly code: 'international_guess' | 'access_digit' | 'unallotted' | null }
  | { readonly e164: null; readonly code: PlanCode };

/** Countries that still dial (or until lately dialled) 8, wait for the tone, 10 to get out of the country. */
const eightTen = new Set(['RU', 'KZ', 'BY', 'UA', 'UZ', 'TM', 'TJ', 'KG']);
/** Plans in which every subscriber has the same number of digits, so that a full number is recognised by its length. */
const closedPlan: Readonly<Record<string, RegExp>> = {
  UA: /^0([3-9]\d{8})$/,
  RU: /^8([3-9]\d{9})$/,
  KZ: /^8([67]\d{9})$/,
  GB: /^0([1-9]\d{9})$/,
  US: /^1?([2-9]\d\d[2-9]\d{6})$/,
  CA: /^1?([2-9]\d\d[2-9]\d{6})$/,
};

/**
 * Digits as dialled or written → E.164.
 *
 * With a plus there is one reading. Without it the region decides: its national reading wins when that is valid; then its
 * prefixes to the outside (00, 011, 8~10); then the digits as an international number without plus; then a digit in front
 * that only gets an outside line (9 or 0). Where none of these is the one possible reading, there is no number: a record
 * without a client can be completed by hand, one with the wrong client is a lie.
 *
 * Validity by the `max` metadata: the `min` metadata knows lengths only and reads Kyiv's 380441234567 as a German number.
 *
 * @param digits 0-9 only
 * @param region ISO 3166 code, null: only international forms can be read
 */
export function readDigits(digits: string, plus: boolean, region: string | null): PlanReading {
  if (/^0*$/.test(digits)) return { e164: null, code: 'invalid' };
  if (plus && digits.startsWith('0')) return readBare(digits, region);
  return plus ? readInternational(digits) : readBare(digits, region);
}

function readInternational(digits: string): PlanReading {
  if (digits.length <= 6) return { e164: null, code: 'short_code' };
  const parsed = parse(`+${digits}`);
  if (parsed?.isValid()) return { e164: parsed.number, code: null };
  if (parsed?.nationalNumber.startsWith('0')) {
    // A trunk prefix kept behind the country code: +48 (0)22 …
    const without = parse(`+${parsed.countryCallingCode}${parsed.nationalNumber.replace(/^0+/, '')}`);
    return without?.isValid() ? { e164: without.number, code: null } : { e164: null, code: 'invalid' };
  }
  // Explicitly international and of a possible length: ranges are allotted faster than metadata is released.
  if (parsed?.isPossible()) return { e164: parsed.number, code: 'unallotted' };
  return { e164: null, code: wrongLength(digits) };
}

function readBare(digits: string, region: string | null): PlanReading {
  if (digits.length <= 6) return { e164: null, code: 'short_code' };
  if (digits.length > 20) return { e164: null, code: 'too_long' };
  const country = countryOf(region);
  const sure = national(digits, country) ?? abroad(digits, country);
  if (sure !== null) return { e164: sure, code: null };
  const guesses = [
    { e164: withoutPlus(digits, country), code: 'international_guess' as const },
    { e164: withAccessDigit(digits, country), code: 'access_digit' as const },
  ].flatMap(({ e164, code }) => (e164 === null ? [] : [{ e164, code }]));
  const [guess] = guesses;
  const full = country === null ? undefined : closedPlan[country]?.exec(digits)?.[1];
  if (guess !== undefined) {
    const isAtHome = guess.code === 'international_guess' && full !== undefined;
    if (guesses.length > 1 || isAtHome || isRussianTrunk(digits, country)) return { e164: null, code: 'ambiguous' };
    return guess;
  }
  if (full !== undefined && country !== null) {
    const parsed = parse(full, country);
    if (parsed?.isPossible()) return { e164: parsed.number, code: 'unallotted' };
  }
  if (country === null && digits.length >= 9) return { e164: null, code: 'no_region' };
  return { e164: null, code: wrongLength(digits) };
}

/** A valid number of the country as its people write it: with or without the trunk prefix, or with the country code. */
function national(digits: string, country: CountryCode | null): string | null {
  if (country === null || isAbroad(digits, country)) return null;
  const parsed = parse(digits, country);
  // Short numbers without a trunk prefix are numbers within a town, though an open plan (Germany) has something that fits.
  if (parsed?.isValid() && (digits.startsWith('0') || parsed.nationalNumber.length >= 9)) return parsed.number;
  // With the country's own code, which Russia and Kazakhstan share.
  const whole = parse(`+${digits}`);
  if (whole?.isValid() && whole.countryCallingCode === getCountryCallingCode(country)) return whole.number;
  // Ukraine until 2009: 8, wait for the tone, 0 and the area.
  if (country === 'UA' && digits.startsWith('80')) return validIn(digits.slice(1), country);
  // Poland until 2009: 0 and the area.
  if (country === 'PL' && digits.startsWith('0')) return validIn(digits.slice(1), country);
  return null;
}

/** With a prefix that leaves the country. 00 is understood everywhere, for a number is often copied from elsewhere. */
function abroad(digits: string, country: CountryCode | null): string | null {
  for (const prefix of prefixesOf(country)) {
    if (!digits.startsWith(prefix)) continue;
    const reading = readInternational(digits.slice(prefix.length));
    if (reading.e164 !== null && reading.code === null) return reading.e164;
  }
  return null;
}

function isAbroad(digits: string, country: CountryCode): boolean {
  return digits.startsWith('00') || (eightTen.has(country) && digits.startsWith('810') && digits.length > 11);
}

function prefixesOf(country: CountryCode | null): readonly string[] {
  if (country === null) return ['00'];
  if (eightTen.has(country)) return ['00', '810'];
  return country === 'US' || country === 'CA' ? ['011', '00'] : ['00'];
}

/** Exchanges send 380441234567. Below ten digits anything is a valid number somewhere. */
function withoutPlus(digits: string, country: CountryCode | null): string | null {
  if (digits.length < 10 || digits.startsWith('0')) return null;
  // With no region only what no national plan uses: twelve digits, or eleven outside the plans that begin with 1.
  if (country === null && (digits.length < 11 || (digits.length === 11 && digits.startsWith('1')))) return null;
  const parsed = parse(`+${digits}`);
  return parsed?.isValid() ? parsed.number : null;
}

/** 9 or 0 in front of a number that is complete by itself: the digit that asks the exchange for an outside line. */
function withAccessDigit(digits: string, country: CountryCode | null): string | null {
  if (country === null || !/^[90]/.test(digits)) return null;
  const rest = digits.slice(1);
  const isWhole = country === 'PL' || /^[018]/.test(rest);
  return isWhole ? (national(rest, country) ?? abroad(rest, country)) : null;
}

/** 8 495 1234567 outside Russia and Kazakhstan: their trunk prefix, or Vietnam (+84) without a plus? Nobody can know. */
function isRussianTrunk(digits: string, country: CountryCode | null): boolean {
  if (!digits.startsWith('8') || digits.length !== 11) return false;
  if (country === 'RU' || country === 'KZ') return true;
  return validIn(digits, 'RU') !== null && (country === null || eightTen.has(country));
}

function validIn(digits: string, country: CountryCode): string | null {
  const parsed = parse(digits, country);
  return parsed?.isValid() ? parsed.number : null;
}

function wrongLength(digits: string): PlanCode {
  if (digits.length > 15) return 'too_long';
  return digits.length < 9 ? 'too_short' : 'invalid';
}

/** Do we know the numbering plan of this ISO 3166 code? */
export function knowsRegion(region: string): boolean {
  return countryOf(region) !== null;
}

function countryOf(region: string | null): CountryCode | null {
  const code = region?.toUpperCase() ?? '';
  return isSupportedCountry(code) ? code : null;
}

function parse(text: string, defaultCountry?: CountryCode): PhoneNumber | undefined {
  return parsePhoneNumberFromString(text, {
    extract: false,
    ...(defaultCountry === undefined ? {} : { defaultCountry }),
  });
}
