import { describe, expect, test } from 'vitest';
import { AreaScaler, fitPage, type Size } from './area-scaler.ts';

describe('the size of a picture', () => {
  test.each([
    ['A4, fine', { width: 1728, height: 2292 }, 204 / 196, 864, { width: 864, height: 1193 }],
    [
      'A4, standard: pixels twice as tall as wide',
      { width: 1728, height: 1146 },
      204 / 98,
      864,
      { width: 864, height: 1193 },
    ],
    ['not wider than it is', { width: 100, height: 50 }, 1, 864, { width: 100, height: 50 }],
    ['a sheet of 20 metres', { width: 1728, height: 160_000 }, 1, 864, { width: 130, height: 12_000 }],
    ['one row', { width: 1728, height: 1 }, 1 / 8, 10, { width: 10, height: 1 }],
    ['one column', { width: 1, height: 90_000 }, 1, 864, { width: 1, height: 12_000 }],
  ] as const)('%s', (_story, page, pixelRatio, widthPx, expected) => {
    expect(fitPage(page, pixelRatio, widthPx)).toEqual(expected);
  });
});

function scale(rows: readonly (readonly number[])[], to: Size, height = rows.length): number[] {
  const scaler = new AreaScaler({ width: rows[0]?.length ?? 0, height }, to);
  for (const row of rows) scaler.add(Uint8Array.from(row));
  return [...scaler.finish()];
}

describe('scaling', () => {
  test.each([
    [
      'as it is',
      [
        [0, 255],
        [255, 0],
      ],
      { width: 2, height: 2 },
      [0, 255, 255, 0],
    ],
    [
      'a thin line turns grey',
      [
        [255, 0, 255, 255],
        [255, 0, 255, 255],
      ],
      { width: 2, height: 1 },
      [128, 255],
    ],
    ['three columns to two', [[0, 255, 255]], { width: 2, height: 1 }, [85, 255]],
    ['three rows to two', [[0], [255], [255]], { width: 1, height: 2 }, [85, 255]],
    ['rows stretched', [[0], [255]], { width: 1, height: 4 }, [0, 0, 255, 255]],
    ['two rows to three', [[0], [200]], { width: 1, height: 3 }, [0, 100, 200]],
  ] as const)('%s', (_story, rows, to, expected) => {
    expect(scale(rows, to)).toEqual(expected);
  });

  test('rows that never came are white, rows too many are left out', () => {
    expect(scale([[0], [0], [0]], { width: 1, height: 3 }, 6)).toEqual([0, 128, 255]);
    expect(scale([[0], [0], [9]], { width: 1, height: 2 }, 2)).toEqual([0, 0]);
  });
});
