import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { differences, recordings } from '../../test/kit/recordings.ts';
import { snapshotAt } from '../../test/kit/snapshot.ts';
import { Recording } from './recording.ts';

const options = { extensions: /^\d{2,5}$/, isColleague: () => false, charset: 'windows-1251' };

function assemble(...chunks: readonly Uint8Array[]) {
  const recording = new Recording(options);
  for (const chunk of chunks) recording.push(chunk);
  return recording.end();
}

/** A stream of numbers that is the same in every run: mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe.each(recordings())('$name', (recorded) => {
  const bytes = readFileSync(recorded.stream);

  test('as recorded', () => {
    expect(differences(recorded, assemble(bytes))).toEqual([]);
  });

  test('one byte at a time', () => {
    const recording = new Recording(options);
    for (const byte of bytes) recording.push(Uint8Array.of(byte));
    expect(recording.end()).toEqual(assemble(bytes));
  });

  test('cut at random points with a reconnect: the same record, where nothing happened meanwhile', () => {
    const whole = assemble(bytes);
    const random = randomOf(bytes.length);
    for (let i = 0; i < 12; i++) {
      const at = Math.floor(random() * bytes.length);
      const { before, after, isQuiet } = snapshotAt(bytes, at);
      if (!isQuiet) continue;
      const again = assemble(before, after);
      // Where the recording itself was cut, times between the cuts are estimates: within a second as well.
      if (recorded.name.includes('ami-dropped')) expect(differences(recorded, again), `cut at byte ${at}`).toEqual([]);
      else expect(again, `cut at byte ${at}`).toEqual(whole);
    }
  });

  test('cut at random points, the message under the knife lost: no call lost or doubled, the others the same', () => {
    const whole = assemble(bytes);
    const random = randomOf(bytes.length + 1);
    for (let i = 0; i < 12; i++) {
      const at = Math.floor(random() * bytes.length);
      const { before, lost } = snapshotAt(bytes, at);
      const calls = assemble(before, lost);
      expect(calls.length, `cut at byte ${at}`).toBeLessThanOrEqual(whole.length + 1);
      for (const call of whole) {
        const again = calls.find((other) => other.linkedIds.some((id) => call.linkedIds.includes(id)));
        expect(again, `cut at byte ${at}, call ${call.linkedIds[0]}`).toBeDefined();
      }
    }
  });
});
