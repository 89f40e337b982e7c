// Tiny real fax documents: a TIFF in CCITT G4 with one black box a page, a PDF of one page; and what to build odd ones from.

const width = 1728;
const height = 1143;

export function g4tiff(pages: number, seed = 1): Buffer {
  const directories: (readonly (readonly [number, number, number, number | 'x' | 'y'])[])[] = [];
  let data = Buffer.alloc(8);
  for (let page = 0; page < pages; page++) {
    const top = 50 + ((seed * 37 + page * 101) % 800);
    const box = `001${'1101100110101'}${'00000011110000110111'}1${'111'.repeat(40)}${'0001'}1`;
    const bits = `${'1'.repeat(top)}${box}${'1'.repeat(height - top - 42)}${'000000000001'.repeat(2)}`;
    const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
    const strip = Buffer.from(whole.map((byte) => Number.parseInt(byte, 2)));
    const offset = data.length;
    data = Buffer.concat([data, strip, Buffer.alloc(strip.length % 2)]);
    directories.push([
      [256, 4, 1, width],
      [257, 4, 1, height],
      [258, 3, 1, 1],
      [259, 3, 1, 4],
      [262, 3, 1, 0],
      [266, 3, 1, 1],
      [273, 4, 1, offset],
      [277, 3, 1, 1],
      [278, 4, 1, height],
      [279, 4, 1, strip.length],
      [282, 5, 1, 'x'],
      [283, 5, 1, 'y'],
      [293, 4, 1, 0],
      [296, 3, 1, 2],
      [297, 3, 2, page | (pages << 16)],
    ]);
  }
  // 204 × 98 dots an inch: the pixels of a fax are not square.
  const resolution = data.length;
  data = Buffer.concat([data, Buffer.from(Uint32Array.of(204, 1, 98, 1).buffer)]);
  data.write('II*\0', 'latin1');
  let link = 4;
  for (const tags of directories) {
    data.writeUInt32LE(data.length, link);
    const block = Buffer.alloc(2 + tags.length * 12 + 4);
    block.writeUInt16LE(tags.length);
    tags.forEach(([tag, type, count, value], i) => {
      const at = 2 + i * 12;
      const number = value === 'x' ? resolution : value === 'y' ? resolution + 8 : value;
      block.writeUInt16LE(tag, at);
      block.writeUInt16LE(type, at + 2);
      block.writeUInt32LE(count, at + 4);
      block.writeUInt32LE(number >>> 0, at + 8);
    });
    link = data.length + block.length - 4;
    data = Buffer.concat([data, block]);
  }
  return data;
}

/** A PDF of one page, 595 × 842 points, with one line of text, 72 points from the left and 700 above the lower edge. */
export function pdf(line: string): Buffer {
  return pdfOf([
    ...pdfPage('/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>'),
    pdfStream('', Buffer.from(`BT /F 24 Tf 72 700 Td (${line}) Tj ET`)),
  ]);
}

/** A PDF of these objects, numbered from 1; the first is the catalogue. */
export function pdfOf(objects: readonly (string | Buffer)[]): Buffer {
  const parts = [Buffer.from('%PDF-1.4\n')];
  let length = parts[0]?.length ?? 0;
  const offsets = objects.map((body, i) => {
    const part = Buffer.concat([Buffer.from(`${i + 1} 0 obj`), Buffer.from(body), Buffer.from('endobj\n')]);
    parts.push(part);
    length += part.length;
    return String(length - part.length).padStart(10, '0');
  });
  const table = offsets.map((at) => `${at} 00000 n \n`).join('');
  const size = objects.length + 1;
  const xref = `xref\n0 ${size}\n0000000000 65535 f \n${table}`;
  const end = `${xref}trailer<</Size ${size}/Root 1 0 R>>\nstartxref\n${length}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(end)]);
}

/** The first three objects of a PDF of one page, whose content is the fourth, a stream. */
export function pdfPage(resources: string): string[] {
  return [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<${resources}>>>>`,
  ];
}

export function pdfStream(dictionary: string, data: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`<<${dictionary}/Length ${data.length}>>stream\n`),
    data,
    Buffer.from('\nendstream'),
  ]);
}

/** Values of a field of a TIFF: whole numbers, or one fraction. */
export type TiffValue = readonly number[] | { readonly over: readonly [number, number] };

export interface TiffPage {
  /** By tag; the places and sizes of the strips (273, 279) are filled in, unless they are given. */
  readonly fields: Readonly<Record<number, TiffValue>>;
  readonly strips: readonly Buffer[];
}

/** A TIFF of these pages; II is little-endian, MM big-endian. Every whole number is a long. */
export function tiffOf(pages: readonly TiffPage[], order: 'II' | 'MM' = 'II'): Buffer {
  const long = (value: number) => {
    const bytes = Buffer.alloc(4);
    if (order === 'II') bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return bytes;
  };
  const short = (value: number) => (order === 'II' ? long(value).subarray(0, 2) : long(value).subarray(2));
  let data = Buffer.concat([Buffer.from(order), short(42), long(0)]);
  const append = (bytes: Buffer) => {
    const at = data.length;
    data = Buffer.concat([data, bytes]);
    return at;
  };
  let link = 4;
  for (const { fields, strips } of pages) {
    const places = strips.map(append);
    const all: Record<number, TiffValue> = { 273: places, 279: strips.map(({ length }) => length), ...fields };
    const entries = Object.entries(all).map(([tag, value]) => {
      const numbers = 'over' in value ? value.over : value;
      const values = Buffer.concat(numbers.map(long));
      const [type, count] = 'over' in value ? [5, 1] : [4, numbers.length];
      const place = values.length === 4 ? values : long(append(values));
      return Buffer.concat([short(Number(tag)), short(type), long(count), place]);
    });
    const at = append(Buffer.concat([short(entries.length), ...entries, long(0)]));
    long(at).copy(data, link);
    link = data.length - 4;
  }
  return data;
}
