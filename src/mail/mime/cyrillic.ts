/** The letters that make up two thirds of Russian and Ukrainian text. */
const frequent = new Set('оеаинтсрвліОЕАИНТСРВЛІ');
const letter = /[\u0400-\u045f\u0490\u0491]/;

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
  for (const sign of text) {
    if (!letter.test(sign)) {
      if (sign.charCodeAt(0) > 127 && !/[«»№–—…“”„’\u00a0]/.test(sign)) others++;
      before = 'none';
      continue;
    }
    letters++;
    if (frequent.has(sign)) common++;
    const isCapital = sign !== sign.toLowerCase();
    if (isCapital) capitals++;
    if (isCapital && before === 'small') odd++;
    before = isCapital ? 'capital' : 'small';
  }
  if (letters < 2) return 0;
  // аЛЛ БУТ тХЕ фИРСТ: nobody writes so, but koi8 read as windows-1251 looks like it.
  const swapped = odd > 0 && capitals / letters > 0.6 ? 0.5 : 0;
  return common / letters - swapped - (odd / letters) * 2 - (others / (letters + others)) * 1.5;
}
