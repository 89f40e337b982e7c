const named: Readonly<Record<string, string>> = {
  nbsp: '\u00a0',
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  laquo: '«',
  raquo: '»',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  copy: '©',
  reg: '®',
  trade: '™',
  euro: '€',
  bull: '•',
  middot: '·',
  rsquo: '’',
  lsquo: '‘',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  sbquo: '‚',
  shy: '',
  zwnj: '',
  zwj: '',
  deg: '°',
  sect: '§',
  para: '¶',
  plusmn: '±',
  times: '×',
  divide: '÷',
  frac12: '½',
  frac14: '¼',
  frac34: '¾',
  sup2: '²',
  sup3: '³',
  numero: '№',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  pound: '£',
  yen: '¥',
  cent: '¢',
  larr: '←',
  rarr: '→',
  uarr: '↑',
  darr: '↓',
  check: '✓',
  minus: '−',
  iexcl: '¡',
  iquest: '¿',
  szlig: 'ß',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  eacute: 'é',
  egrave: 'è',
  ecirc: 'ê',
  agrave: 'à',
  aacute: 'á',
  acirc: 'â',
  ccedil: 'ç',
  ntilde: 'ñ',
  oacute: 'ó',
  uacute: 'ú',
  iacute: 'í',
  ocirc: 'ô',
  icirc: 'î',
  ucirc: 'û',
  tab: '\t',
  newline: '\n',
  sol: '/',
  colon: ':',
  comma: ',',
  period: '.',
  lpar: '(',
  rpar: ')',
  num: '#',
  percnt: '%',
  commat: '@',
  lsaquo: '‹',
  rsaquo: '›',
  hyphen: '-',
  dash: '-',
};

/** Character references of HTML, the named ones as far as mail uses them; unknown ones stay as written. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d{1,8})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,10}));?/gi, (whole, decimal, hex, name) => {
    if (typeof name === 'string') {
      const key = Object.hasOwn(named, name) ? name : name.toLowerCase();
      return Object.hasOwn(named, key) ? (named[key] ?? whole) : whole;
    }
    return signOf(typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16));
  });
}

function signOf(code: number): string {
  if (code >= 128 && code < 160) return new TextDecoder('windows-1252').decode(Uint8Array.of(code));
  const isText = code > 31 || code === 9 || code === 10 || code === 13;
  const isScalar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isText && isScalar ? String.fromCodePoint(code) : '\ufffd';
}
