import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { g4tiff, pdf, type TiffValue, tiffOf } from '../../../../test/mailbox/fax-documents.ts';
import { type PaintRequest, paintPage } from './paint-page.ts';
import type { PaintedPage } from './painted-page.ts';
import { blackBox, faxDocument, type Picture, readPng } from './picture.fixture.ts';

const paint = (bytes: Buffer, request: Partial<PaintRequest> = {}): Promise<PaintedPage> =>
  paintPage({ bytes, type: bytes.includes('%PDF') ? 'pdf' : 'tiff', page: 1, widthPx: 864, ...request });

async function picture(bytes: Buffer, request: Partial<PaintRequest> = {}): Promise<Picture> {
  const painted = await paint(bytes, request);
  if (painted.kind === 'refused') throw new Error(painted.reason);
  return readPng(painted.png);
}

/** The square of the fixtures: half an inch, an inch from the left and half an inch from the top, at 102 dots to an inch. */
const square = { left: 102, top: 51, right: 152, bottom: 101 };
/** The frame is left out: it reaches from a quarter of an inch to the right edge. */
async function squareOf(bytes: Buffer, page = 1): Promise<typeof square> {
  const all = await picture(bytes, { page });
  const inside = { ...all, grey: (x: number, y: number) => (x < 40 || y < 30 || y > 150 ? 15 : all.grey(x, y)) };
  return blackBox(inside, { right: 220 });
}

describe('what a TIFF may be', () => {
  test.each([
    'g3-1d.tif',
    'gs-g3.tif',
    'fax2tiff.tif',
    'g3-2d.tif',
    'gs-g32d.tif',
    'g3-2d-fill-big-endian.tif',
    'g3-1d-lsb2msb.tif',
    'gs-crle.tif',
    'g4-lsb2msb.tif',
    'g4-strips.tif',
    'lzw.tif',
    'packbits.tif',
    'zip.tif',
  ])('%s: pixel by pixel the page of g4.tif', async (name) => {
    const [expected, painted] = [await paint(faxDocument('g4.tif')), await paint(faxDocument(name))];
    expect(painted).toEqual({ ...expected, pages: painted.kind === 'page' ? painted.pages : 0 });
    const second = await paint(faxDocument(name), { page: 2 });
    if (second.kind === 'page') expect(second).toEqual(await paint(faxDocument('g4.tif'), { page: 2 }));
    else expect(second.reason).toBe('there is no page 2, it has 1');
  });

  test.each(['g4.tif', 'standard.tif', 'g4.pdf', 'text.pdf'])(
    '%s: of the shape of the paper, all in its place',
    async (name) => {
      for (const page of [1, 2]) {
        const painted = await paint(faxDocument(name), { page });
        expect({ ...painted, png: null }).toEqual({ kind: 'page', pages: 2, widthPx: 864, heightPx: 177, png: null });
        const box = await squareOf(faxDocument(name), page);
        for (const side of ['left', 'top', 'right', 'bottom'] as const) {
          expect(Math.abs(box[side] - square[side]), side).toBeLessThanOrEqual(1);
        }
      }
    },
  );

  test('our own drawing: a box of 64 by 41 dots, 204 × 98 to an inch', async () => {
    const painted = await picture(g4tiff(2), { page: 2, widthPx: 1728 });
    expect([painted.width, painted.height]).toEqual([1728, Math.round((1143 * 204) / 98)]);
    const { left, top, right, bottom } = blackBox(painted);
    expect([left, right]).toEqual([64, 127]);
    // on the second page it begins with the 188th row
    expect(Math.abs(top - (188 * 204) / 98)).toBeLessThan(1.5);
    expect(Math.abs(bottom + 1 - ((188 + 41) * 204) / 98)).toBeLessThan(1.5);
  });
});

/** A page of 16 × 4 pixels, white but for the two leftmost columns and the lowest row. */
const bits = Buffer.from('c000c000c000ffff', 'hex');
const opposite = bits.map((byte) => 255 - byte);
const grey = (ink: number, paper: number) =>
  Buffer.from(Array.from({ length: 64 }, (_, i) => (i % 16 < 2 || i > 47 ? ink : paper)));
const plain = { 256: [16], 257: [4], 258: [1], 259: [1], 262: [0], 277: [1], 278: [4] };

describe('pixels as they are', () => {
  const rgb = (ink: number) => Buffer.from([...grey(ink, 255)].flatMap((value) => [value, value, value]));
  test.each([
    ['white is zero', {}, [bits]],
    ['black is zero', { 262: [1] }, [Buffer.from(opposite)]],
    ['a strip a row', { 278: [1] }, [0, 2, 4, 6].map((at) => bits.subarray(at, at + 2))],
    ['256 greys', { 258: [8], 262: [1] }, [grey(0, 255)]],
    ['256 greys, white is zero', { 258: [8] }, [grey(255, 0)]],
    ['colours', { 258: [8, 8, 8], 262: [2], 277: [3] }, [rgb(0)]],
    ['differences', { 258: [8], 262: [1], 317: [2] }, [differences(grey(0, 255), 16)]],
    ['deflate', { 258: [8], 262: [1], 259: [8] }, [deflateSync(grey(0, 255))]],
  ] satisfies [string, Record<number, TiffValue>, Buffer[]][])('%s', async (_story, fields, strips) => {
    for (const order of ['II', 'MM'] as const) {
      const painted = await picture(tiffOf([{ fields: { ...plain, ...fields }, strips }], order));
      const expected = Array.from({ length: 4 }, (_, y) => (y === 3 ? '#'.repeat(16) : `##${'.'.repeat(14)}`));
      expect(drawn(painted)).toEqual(expected);
    }
  });

  test('the tall pixels of a standard fax', async () => {
    const fields = { ...plain, 282: { over: [204, 1] }, 283: { over: [98, 1] } } as const;
    const painted = await picture(tiffOf([{ fields, strips: [bits] }]));
    expect(drawn(painted)).toEqual([
      ...Array.from({ length: 6 }, () => `##${'.'.repeat(14)}`),
      ...Array(2).fill('#'.repeat(16)),
    ]);
  });

  test.each([
    ['nothing to an inch', [204, 0], [98, 1]],
    ['a hundred to one', [20_400, 1], [98, 1]],
  ] as const)('resolutions that cannot be (%s): the pixels are square', async (_story, across, down) => {
    const fields = { ...plain, 282: { over: across }, 283: { over: down } };
    expect((await picture(tiffOf([{ fields, strips: [bits] }]))).height).toBe(4);
  });
});

function drawn({ width, height, grey }: Picture): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (grey(x, y) < 8 ? '#' : '.')).join(''),
  );
}

function differences(bytes: Buffer, width: number): Buffer {
  return Buffer.from(bytes.map((value, i) => (i % width === 0 ? value : value - (bytes[i - 1] ?? 0))));
}

describe('what is refused, or drawn as far as it goes', () => {
  const good = { fields: plain, strips: [bits] };
  const odd = (fields: Record<number, TiffValue>, strips = [bits]) =>
    tiffOf([{ fields: { ...plain, ...fields }, strips }]);
  test.each([
    ['no bytes', Buffer.alloc(0), 'it is no TIFF'],
    ['a PNG', Buffer.from('\x89PNG\r\n\x1a\n and more', 'latin1'), 'it is no TIFF'],
    [
      '60,000 × 60,000',
      odd({ 256: [60_000], 257: [60_000] }),
      'the page has 60000 × 60000 pixels, more than a fax has',
    ],
    ['one row of 4 thousand million', odd({ 256: [0xffffffff], 257: [1] }), /pixels, more than/],
    ['no size', odd({ 257: [0] }), 'the page does not say its size'],
    [
      'gigabytes in a strip',
      odd({ 256: [12_000], 257: [8000], 258: Array(8).fill(8), 277: [8], 278: [8000] }),
      /unpacks to more/,
    ],
    ['strips outside of the file', odd({ 273: [4_000_000_000] }), /nothing of it can be read/],
    [
      'one strip ten thousand times',
      odd({ 257: [10_000], 278: [1], 273: Array(10_000).fill(8), 279: Array(10_000).fill(8000) }),
      'its strips overlap',
    ],
    [
      'a bomb of zeros',
      odd({ 258: [8], 259: [8] }, [deflateSync(Buffer.alloc(90_000_000))]),
      /nothing of it can be read/,
    ],
    ['JPEG', odd({ 259: [7] }), 'its compression (JPEG) is not read'],
    ['16 bits', odd({ 258: [16] }), 'its pixels (1 × 16 bits) are not read'],
    ['planes', odd({ 258: [8, 8, 8], 262: [2], 277: [3], 284: [2] }), /separate planes/],
    ['a palette', odd({ 262: [3] }), /PhotometricInterpretation 3/],
    ['tiles', odd({ 322: [16] }), /tiles/],
    ['501 pages', tiffOf(Array(501).fill(good)), 'it has 501 pages, at most 500 are shown'],
    ['41 MB', Buffer.alloc(41_000_000, 'II*\0'), 'it is larger than 40 MB'],
  ] satisfies [string, Buffer, string | RegExp][])('%s', async (_story, bytes, reason) => {
    expect(await paint(bytes)).toEqual({
      kind: 'refused',
      reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
    });
  });

  test.each([0, -1, 1.5, 3, 2 ** 60, Number.NaN])('page %d of two', async (page) => {
    expect((await paint(g4tiff(2), { page })).kind).toBe('refused');
    expect((await paint(pdf('x'), { page })).kind).toBe('refused');
  });

  test.each([
    [Number.NaN, 1],
    [0, 1],
    [-5, 1],
    [10.4, 10],
    [1e9, 1728],
  ])('width %d is %d', async (widthPx, expected) => {
    expect(await paint(g4tiff(1), { widthPx })).toMatchObject({ kind: 'page', widthPx: expected });
  });

  test('directories in a circle are as many as there are', async () => {
    const tiff = tiffOf([good, good]);
    tiff.writeUInt32LE(tiff.readUInt32LE(4), tiff.length - 4);
    expect(await paint(tiff, { page: 2 })).toMatchObject({ kind: 'page', pages: 2 });
  });

  test('strips without sizes go to the next one', async () => {
    const strips = [0, 2, 4, 6].map((at) => bits.subarray(at, at + 2));
    const tiff = tiffOf([{ fields: { ...plain, 278: [1] }, strips }]);
    // the field of the sizes becomes one nobody reads
    tiff.writeUInt16LE(60_000, tiff.indexOf(Buffer.from([279 & 255, 279 >> 8, 4, 0])));
    expect(drawn(await picture(tiff))).toEqual([...Array(3).fill(`##${'.'.repeat(14)}`), '#'.repeat(16)]);
  });

  test('a page cut off is white below', async () => {
    const strips = [bits.subarray(0, 4)];
    expect(drawn(await picture(tiffOf([{ fields: plain, strips }])))).toEqual([
      ...Array(2).fill(`##${'.'.repeat(14)}`),
      ...Array(2).fill('.'.repeat(16)),
    ]);
  });

  test('a hundred million pixels take their time, not memory', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const fields = { ...plain, 256: [10_000], 257: [10_000], 259: [4], 278: [10_000] };
    expect(await paint(tiffOf([{ fields, strips: [Buffer.alloc(1250, 255)] }]))).toMatchObject({
      widthPx: 864,
      heightPx: 864,
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });
});

test('any bytes and any damage: a picture or a reason, soon', async () => {
  const names = [
    'g4.tif',
    'g3-2d-fill-big-endian.tif',
    'g3-1d-lsb2msb.tif',
    'g4-strips.tif',
    'lzw.tif',
    'packbits.tif',
    'zip.tif',
  ];
  const documents = [...names.map(faxDocument), tiffOf([{ fields: plain, strips: [bits] }])];
  const damaged = fc
    .tuple(
      fc.constantFrom(...documents),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 40 }),
      // half of the changes in the directories, which stand behind the strips or before them
      fc.array(fc.tuple(fc.nat(400), fc.constantFrom(0, 1, 255, 3, 4)), { maxLength: 6 }),
      fc.boolean(),
      fc.nat(),
    )
    .map(([document, changes, near, isCut, cut]) => {
      const bytes = Buffer.from(document.subarray(0, isCut ? document.length - (cut % document.length) : undefined));
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      for (const [at, value] of near) bytes[at < 200 ? at : bytes.length - 1 - (at - 200)] = value;
      return bytes;
    });
  let pages = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof({ weight: 9, arbitrary: damaged }, { weight: 1, arbitrary: bytesOfTiff() }),
      async (bytes) => {
        const started = performance.now();
        const painted = await paint(bytes, { type: 'tiff', widthPx: 200 });
        if (painted.kind === 'page') {
          pages++;
          expect([painted.widthPx, painted.heightPx]).toEqual([
            readPng(painted.png).width,
            readPng(painted.png).height,
          ]);
        } else expect(painted.reason).toMatch(/\S/);
        expect(performance.now() - started).toBeLessThan(5000);
      },
    ),
    { numRuns: 500 },
  );
  expect(pages).toBeGreaterThan(50);
}, 60_000);

function bytesOfTiff(): fc.Arbitrary<Buffer> {
  return fc
    .uint8Array({ maxLength: 2000 })
    .map((bytes) => Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), bytes]));
}
