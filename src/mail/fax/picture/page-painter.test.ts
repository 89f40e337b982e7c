import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { g4tiff, pdf, pdfOf, pdfPage, pdfStream } from '../../../../test/mailbox/fax-documents.ts';
import { openPagePainter } from '../../index.ts';
import type { Painted } from './page-painter.ts';
import { paintPage } from './paint-page.ts';
import { blackBox, faxDocument, type Picture, readPng } from './picture.fixture.ts';

// the start of a thread counts, and the machine may be busy
const painter = openPagePainter({ deadlineMs: 60_000 });
beforeAll(() => painter.paint(pdf('x'), 'pdf', 1), 60_000);
afterAll(() => painter.close());

function pictureOf(painted: Painted): Picture {
  if (painted.kind !== 'page') throw new Error(painted.reason);
  return readPng(painted.png);
}

const refused = (reason: string | RegExp) => ({
  kind: 'refused',
  reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
});

describe('a PDF', () => {
  test('text is drawn where it stands', async () => {
    const painted = await painter.paint(pdf('Bolts M8'), 'pdf', 1, 595);
    const picture = pictureOf(painted);
    expect([picture.width, picture.height]).toEqual([595, 842]);
    // letters of 24 points on a line 700 points above the lower edge
    const { left, top, right, bottom } = blackBox(picture);
    expect(Math.abs(left - 74)).toBeLessThan(3);
    expect(Math.abs(bottom - 141)).toBeLessThan(3);
    expect(Math.abs(top - 124)).toBeLessThan(3);
    expect(Math.abs(right - 165)).toBeLessThan(15);
  });

  test('JBIG2 is the same as G4', async () => {
    const [g4, jbig2] = [faxDocument('g4.pdf'), faxDocument('jbig2.pdf')];
    expect(await painter.paint(jbig2, 'pdf', 1)).toEqual({ ...(await painter.paint(g4, 'pdf', 1)), pages: 1 });
  });

  test('JPEG', async () => {
    const painted = await painter.paint(faxDocument('jpeg.pdf'), 'pdf', 1);
    const { grey } = pictureOf(painted);
    expect([grey(127, 76), grey(90, 40), grey(160, 110)]).toEqual([0, 15, 15]);
  });

  test.each([
    ['no PDF', Buffer.from('II*\0'), 'it is no PDF'],
    ['a name and no more', Buffer.from('%PDF-1.4\n'), 'it is damaged'],
    ['locked', faxDocument('locked.pdf'), 'it is locked with a password'],
    [
      'a page that is its own parent',
      pdfOf([...pdfPage('').slice(0, 1), '<</Type/Pages/Kids[2 0 R]/Count 1>>']),
      /damaged/,
    ],
    [
      '100,000 pages',
      pdfOf([
        ...pdfPage('').slice(0, 1),
        `<</Type/Pages/Kids[${'3 0 R '.repeat(100_000)}]/Count 100000>>`,
        '<</Type/Page>>',
      ]),
      'it has 100000 pages, at most 500 are shown',
    ],
    ['a page there is not', pdf('x'), 'there is no page 2, it has 1'],
  ] as const)('%s is refused', async (story, bytes, reason) => {
    expect(await painter.paint(bytes, 'pdf', story === 'a page there is not' ? 2 : 1)).toEqual(refused(reason));
  });

  test('a page of a mile, a page of nothing, a page of a hair', async () => {
    const sized = (box: string) => pdfOf(pdfPage('').map((object) => object.replace('0 0 595 842', box)));
    for (const box of ['0 0 1e30 1e30', '0 0 0 0', '0 0 1 14400', '0 0 14400 1', '0 0 -1 nan']) {
      const painted = await painter.paint(sized(box), 'pdf', 1);
      if (painted.kind === 'page') expect(painted.heightPx).toBeLessThanOrEqual(12_000);
    }
  });

  test('what eats memory ends its thread, at some 256 MB; the next page is drawn', async () => {
    const forms = Array.from({ length: 12 }, (_, i) =>
      form(`/Resources<</XObject<</X ${i + 6} 0 R>>>>`, '/X Do '.repeat(10)),
    );
    const bombs = [
      pdfOf([
        ...pdfPage('/XObject<</X 5 0 R>>'),
        pdfStream('', Buffer.from('/X Do')),
        ...forms,
        form('', '0 0 9 9 re f'),
      ]),
      pdfOf([...pdfPage(''), pdfStream('/Filter/FlateDecode', deflateSync(Buffer.from('q Q '.repeat(50_000_000))))]),
    ];
    const before = process.memoryUsage().rss;
    for (const bomb of bombs) {
      const painting = painter.paint(bomb, 'pdf', 1);
      const next = painter.paint(g4tiff(1), 'tiff', 1);
      expect(await painting).toEqual(refused(/the page painter failed/));
      expect(await next).toMatchObject({ kind: 'page' });
    }
    expect((process.memoryUsage().rss - before) / 1e6).toBeLessThan(600);
  }, 60_000);
});

function form(dictionary: string, content: string): Buffer {
  return pdfStream(`/Type/XObject/Subtype/Form/BBox[0 0 595 842]${dictionary}`, Buffer.from(content));
}

describe('threads', () => {
  test('paint what the main thread paints, many at a time', async () => {
    const pages = [1, 2, 3, 4, 5, 6];
    expect(await Promise.all(pages.map((page) => painter.paint(g4tiff(6), 'tiff', page)))).toEqual(
      await Promise.all(pages.map((page) => paintPage({ bytes: g4tiff(6), type: 'tiff', page, widthPx: 864 }))),
    );
  });

  test('a page that takes for ever is refused at the deadline, the next is painted', async () => {
    const impatient = openPagePainter({ deadlineMs: 6000 });
    // tiles of a hundredth of a point
    const pattern = pdfStream(
      '/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 10 10]/XStep 0.01/YStep 0.01/Resources<<>>',
      Buffer.from('0 0 5 5 re f'),
    );
    const content = pdfStream('', Buffer.from('/Pattern cs /P scn 0 0 595 842 re f '.repeat(50)));
    const endless = impatient.paint(pdfOf([...pdfPage('/Pattern<</P 5 0 R>>'), content, pattern]), 'pdf', 1);
    const next = impatient.paint(g4tiff(1), 'tiff', 1);
    expect(await endless).toEqual(refused('painting took longer than 6000 ms'));
    expect(await next).toMatchObject({ kind: 'page', pages: 1 });
    await impatient.close();
  }, 60_000);

  test('start with the first page, end when idle, start again', async () => {
    // each thread answers how many pages it has painted
    const code = `import { parentPort } from 'node:worker_threads'; let n = 0;
      parentPort.on('message', ({ id }) => parentPort.postMessage({ id, answer: { kind: 'refused', reason: String(++n) } }));`;
    const script = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
    const lazy = openPagePainter({ idleMs: 300, script });
    const paint = async () => lazy.paint(Buffer.from('x'), 'tiff', 1);
    expect([await paint(), await paint()]).toEqual([refused('1'), refused('2')]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await paint()).toEqual(refused('1'));
    await lazy.close();
  });

  test('closing refuses what is under way', async () => {
    const closing = openPagePainter();
    const [first, second] = [closing.paint(g4tiff(1), 'tiff', 1), closing.paint(g4tiff(1), 'tiff', 1)];
    await closing.close();
    expect([await first, await second]).toEqual(Array(2).fill(refused('the page painter was closed')));
    await expect(closing.paint(g4tiff(1), 'tiff', 1)).rejects.toThrow('the page painter is closed');
  });
});

test('a PDF with any damage: a picture or a reason, before the deadline', async () => {
  const documents = ['g4.pdf', 'jpeg.pdf', 'jbig2.pdf', 'text.pdf', 'locked.pdf'].map(faxDocument);
  const damaged = fc
    .tuple(
      fc.constantFrom(...documents),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 60 }),
      fc.nat(),
    )
    .map(([document, changes, cut]) => {
      const bytes = Buffer.from(document.subarray(0, cut % 3 === 0 ? cut % document.length : undefined));
      for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
      return bytes;
    });
  await fc.assert(
    fc.asyncProperty(damaged, async (bytes) => {
      const started = performance.now();
      const painted = await painter.paint(bytes, 'pdf', 1, 300);
      if (painted.kind === 'page') expect(readPng(painted.png).width).toBe(painted.widthPx);
      else expect(painted.reason).toMatch(/^(it|the page|there|painting) /);
      expect(performance.now() - started).toBeLessThan(10_000);
    }),
    { numRuns: 200 },
  );
}, 60_000);
