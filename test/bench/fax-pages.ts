import { readFileSync } from 'node:fs';
import { openPagePainter } from '../../src/mail/index.ts';
import { atMost, type Benchmark, median, type Result, require, scaled } from './bench.ts';

const documents = [
  ['standard.tif', 'tiff'],
  ['g4.tif', 'tiff'],
  ['g4.pdf', 'pdf'],
  ['text.pdf', 'pdf'],
] as const;
const folder = new URL('../fixtures/fax-documents/', import.meta.url);

/** A page of a fax → a picture for a phone, in the painter's thread. */
export const faxPages: Benchmark = async () => {
  const painter = openPagePainter({ threads: 1 });
  try {
    const results: Result[] = [];
    for (const [name, type] of documents) {
      const bytes = readFileSync(new URL(name, folder));
      const times: number[] = [];
      let shape = '';
      for (let i = 0; i < 5 + scaled(50); i++) {
        const begin = performance.now();
        const page = await painter.paint(bytes, type, 1);
        times.push(performance.now() - begin);
        require(page.kind === 'page', `${name}: ${page.kind === 'refused' ? page.reason : ''}`);
        if (page.kind === 'page') shape = `${page.widthPx} × ${page.heightPx} pixels`;
      }
      const [first = Number.NaN] = times;
      const remark = `${shape}; the very first ${first.toFixed(0)} ms, slowest after five ${Math.max(...times.slice(5)).toFixed(0)} ms`;
      results.push(atMost(`a page of ${name} painted, median`, 100, median(times.slice(5)), ' ms', remark));
    }
    return results;
  } finally {
    await painter.close();
  }
};
