import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Frame, FrameReader, FrameTooLong, frameLimit } from './frame.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const read = (...chunks: readonly Uint8Array[]) => {
  const reader = new FrameReader();
  return [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
};
const shown = (frames: readonly Frame[]) => frames.map((f) => f.names().map((name, i) => [name, f.values()[i]]));

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9()/.-]{0,20}$/);
const value = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((text) => text.replace(/[\r\n]/g, '').trim())
  .filter((text) => !text.includes('Asterisk Call Manager/'));
const message = fc
  .array(fc.tuple(name, value), { minLength: 1, maxLength: 12 })
  .map((fields) => [['Event', 'Test'] as [string, string], ...fields]);
const stream = fc.array(message, { maxLength: 6 });
const written = (messages: readonly (readonly [string, string])[][], eol: string) =>
  bytes(messages.map((fields) => fields.map(([k, v]) => `${k}: ${v}${eol}`).join('') + eol).join(''));

describe('any stream', () => {
  test('comes back as it was said, whatever the line ends', () => {
    fc.assert(
      fc.property(stream, fc.constantFrom('\r\n', '\n'), (messages, eol) => {
        const expected = messages.map((fields) => fields.map(([k, v]) => [k.toLowerCase(), v]));
        expect(shown(read(written(messages, eol)))).toEqual(expected);
      }),
    );
  });

  test('gives the same messages at any chunking', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(400), { maxLength: 8 }), (messages, cuts) => {
        const all = written(messages, '\r\n');
        const at = [0, ...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length];
        const chunks = at.slice(1).map((to, i) => all.subarray(at[i], to));
        expect(shown(read(...chunks))).toEqual(shown(read(all)));
      }),
    );
  });

  test('of garbage is never more than ignored', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (garbage) => {
        for (const frame of read(garbage)) frame.names();
      }),
    );
  });
});

test('names in any case, repeated ones kept, a colon in the value, no space behind the colon', () => {
  const [frame] = read(bytes('EVENT: X\r\nChanVariable: a=1\r\nchanvariable: b=2: c\r\nKey:value\r\nEmpty: \r\n\r\n'));
  expect(frame?.event).toBe('X');
  expect(frame?.all('chanvariable')).toEqual(['a=1', 'b=2: c']);
  expect([frame?.get('key'), frame?.get('empty'), frame?.get('absent')]).toEqual(['value', '', undefined]);
});

test('UTF-8, and beside it in one message a Windows-1251 name', () => {
  const name = Buffer.from([0xcc, 0xe0, 0xf0, 0xe8, 0xff]); // Мария
  const frame = Buffer.concat([bytes('Event: X\r\nA: Ґудзь\r\nB: '), name, bytes('\r\n\r\n')]);
  const [read1] = read(frame);
  expect([read1?.get('a'), read1?.get('b')]).toEqual(['Ґудзь', 'Мария']);
});

test('the banner is there before the first message is', () => {
  const reader = new FrameReader();
  expect(reader.push(bytes('Asterisk Call Man'))).toEqual([]);
  expect(reader.push(bytes('ager/11.0.0\r\n')).map((f) => f.isBanner)).toEqual([true]);
  expect(reader.push(bytes('Response: Success\r\n\r\n')).map((f) => f.get('response'))).toEqual(['Success']);
});

test('a second banner in mid-message drops the half that will never end', () => {
  const frames = read(
    bytes('Event: Hangup\r\nUniq'),
    bytes('Asterisk Call Manager/5.0.4\r\nResponse: Success\r\nMessage: ok\r\n\r\nEvent: Y\r\n\r\n'),
  );
  expect(frames.map((f) => (f.isBanner ? 'banner' : f.event || f.get('response')))).toEqual(['banner', 'Success', 'Y']);
});

test('a caller who calls himself a banner is a caller', () => {
  const [frame] = read(bytes('Event: Newchannel\r\nCallerIDName: Asterisk Call Manager/1\r\nUniqueid: 1.1\r\n\r\n'));
  expect([frame?.get('calleridname'), frame?.get('uniqueid')]).toEqual(['Asterisk Call Manager/1', '1.1']);
});

test('10 MB without an end drops the session and not the memory', () => {
  const reader = new FrameReader();
  const chunk = Buffer.alloc(64 * 1024, 'x');
  let taken = 0;
  expect(() => {
    for (; taken < 10 * 1024 * 1024; taken += chunk.length) reader.push(chunk);
  }).toThrow(FrameTooLong);
  expect(taken).toBeLessThanOrEqual(frameLimit);
});
