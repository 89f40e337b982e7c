// Tiny real fax documents: a TIFF in CCITT G4 with one black box a page, and a PDF of one page.

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

export function pdf(line: string): Buffer {
  const stream = `BT /F 24 Tf 72 700 Td (${line}) Tj ET`;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>',
    `<</Length ${stream.length}>>stream\n${stream}\nendstream`,
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((body, i) => {
    const at = text.length;
    text += `${i + 1} 0 obj${body}endobj\n`;
    return String(at).padStart(10, '0');
  });
  const table = offsets.map((at) => `${at} 00000 n \n`).join('');
  const end = `xref\n0 5\n0000000000 65535 f \n${table}trailer<</Size 5/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text + end, 'latin1');
}
