const width = 1728;
const height = 1144;

/**
 * One page as a fax machine scans it (204 × 98 dpi, ITU-T T.4 one-dimensional, in a TIFF), with broad vertical stripes in the
 * upper half. Written out here because a run of exactly 64 needs two codes of the code tables and no library.
 */
export function faxPage(): Buffer {
  const image = encodeRows();
  const entries: [tag: number, type: 3 | 4 | 5, value: number][] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 1],
    [259, 3, 3],
    [262, 3, 0],
    [266, 3, 1],
    [273, 4, 0],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, image.length],
    [282, 5, 0],
    [283, 5, 0],
    [292, 4, 0],
    [296, 3, 2],
  ];
  const rationals = 8 + 2 + entries.length * 12 + 4;
  const data = rationals + 16;
  const head = Buffer.alloc(data);
  head.write('II');
  head.writeUInt16LE(42, 2);
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, value], index) => {
    const at = 10 + index * 12;
    head.writeUInt16LE(tag, at);
    head.writeUInt16LE(type, at + 2);
    head.writeUInt32LE(1, at + 4);
    const stored = tag === 273 ? data : tag === 282 ? rationals : tag === 283 ? rationals + 8 : value;
    if (type === 3) head.writeUInt16LE(stored, at + 8);
    else head.writeUInt32LE(stored, at + 8);
  });
  for (const [index, value] of [204, 1, 98, 1].entries()) head.writeUInt32LE(value, rationals + index * 4);
  return Buffer.concat([head, image]);
}

/** EOL, then runs: each multiple of 64 is a make-up code followed by the terminating code of 0 (T.4, tables 2 and 3). */
function encodeRows(): Buffer {
  const endOfLine = '000000000001';
  const white = { 64: '11011', 1728: '010011011', end: '00110101' };
  const black = { 64: '0000001111', end: '0000110111' };
  const blank = white[1728] + white.end;
  // 13 pairs of 128 and a last white run of 64 make the width
  const striped = (white[64] + white.end + black[64] + black.end).repeat(13) + white[64] + white.end;
  let bits = '';
  for (let row = 0; row < height; row++)
    bits += endOfLine + (row > 100 && row < 600 && row % 40 < 18 ? striped : blank);
  bits += endOfLine.repeat(6);
  const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
