/** The letters that make up two thirds of Russian and Ukrainian text. */
const frequent = new Set([...'оеаинтсрвліОЕАИНТСРВЛІ'].map((sign) => sign.charCodeAt(0)));
/** What typographers write beside letters. */
const marks = new Set([...'«»№–—…“”„’\u00a0'].map((sign) => sign.charCodeAt(0)));

function isLetter(code: number): boolean {
  return (code >= 0x400 && code <= 0x45f) || code === 0x490 || code === 0x491;
}

function isCapitalLetter(code: number): boolean {
  return code < 0x430 || code === 0x490;
}

/**
 * How much a text reads like Russian or Ukrainian: about 0.6 … 0.75 when decoded rightly, below 0.3 when koi8 was taken
 * for windows-1251 or the reverse (these swap capitals and small letters and shuffle the rest), 0 without Cyrillic.
 */
export function cyrillicScore(text: string): number {
  let letters = 0;
  let common = 0;
  let odd = 0;
  let capitals = 0;
  let others = 0;
  let before: 'none' | 'small' | 'capital' = 'none';
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) ?? 0;
    if (code > 0xffff) i++;
    if (!isLetter(code)) {
      if (code > 127 && !marks.has(code)) others++;
      before = 'none';
      continue;
    }
    letters++;
    if (frequent.has(code)) common++;
    const isCapital = isCapitalLetter(code);
    if (isCapital) capitals++;
    if (isCapital && before === 'small') odd++;
    before = isCapital ? 'capital' : 'small';
  }
  if (letters < 2) return 0;
  // аЛЛ БУТ тХЕ фИРСТ: nobody writes so, but koi8 read as windows-1251 looks like it.
  const swapped = odd > 0 && capitals / letters > 0.6 ? 0.5 : 0;
  return common / letters - swapped - (odd / letters) * 2 - (others / (letters + others)) * 1.5;
}
