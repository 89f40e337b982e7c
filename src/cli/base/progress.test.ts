import { expect, test } from 'vitest';
import { progressLine, progressOn } from './progress.ts';

test.each([
  [0, 1000, 0, 0, '[                        ] 0 of 1000'],
  [500, 1000, 500, 2, '[===========>            ] 500 of 1000, 250/s, 2 s left'],
  [500, 1000, 100, 2, '[===========>            ] 500 of 1000, 50/s, 10 s left'],
  [1000, 1000, 1000, 4, '[=======================>] 1000 of 1000, 250/s'],
  [0, 0, 0, 1, '[=======================>] 0 of 0'],
  [10, 100_000, 10, 10, '[                        ] 10 of 100000, 1/s, 27.8 h left'],
])('%i of %i', (done, total, worked, seconds, expected) => {
  expect(progressLine(done, total, worked, seconds)).toBe(expected);
});

test('for a person it is redrawn in place, else told every ten seconds and at the end', () => {
  let now = 0;
  const told = (isTTY: boolean) => {
    const lines: string[] = [];
    const drawn: string[] = [];
    now = 0;
    const progress = progressOn(
      { isTTY, err: (line) => lines.push(line) },
      (text) => drawn.push(text),
      () => now,
    );
    for (const done of [1, 2, 3, 4]) {
      now += 4000;
      progress.show(done, 4);
    }
    progress.end();
    return [lines.length, drawn.length];
  };
  expect(told(true)).toEqual([0, 5]);
  expect(told(false)).toEqual([2, 0]);
});
