import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programFile } from '../kit/program.ts';

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'fax-documents');

test('the built program finds the thread that paints the pages of a fax, and PDFium', () => {
  const script = `(async () => {
    const [mail, fixtures] = process.argv.slice(1);
    const { openPagePainter } = await import(mail);
    const painter = openPagePainter({ deadlineMs: 30000 });
    for (const [name, type] of [['standard.tif', 'tiff'], ['g4.pdf', 'pdf']]) {
      const bytes = require('node:fs').readFileSync(fixtures + '/' + name);
      const { png, ...told } = await painter.paint(bytes, type, 2);
      console.log(JSON.stringify({ ...told, isPng: png?.toString('latin1', 1, 4) === 'PNG' }));
    }
    await painter.close();
  })()`;
  const mail = join(programFile, '..', 'mail/index.js');
  const run = spawnSync(process.execPath, ['--eval', script, mail, fixtures], { encoding: 'utf8', timeout: 50_000 });
  const page = '{"kind":"page","pages":2,"widthPx":864,"heightPx":177,"isPng":true}\n';
  expect([run.stderr, run.stdout]).toEqual(['', page + page]);
});
