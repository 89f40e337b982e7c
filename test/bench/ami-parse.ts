import { isUtf8 } from 'node:buffer';
import { FrameReader } from '../../src/calls/index.ts';
import { type AmiStream, amiStream, inChunks } from './ami-stream.ts';
import { atLeast, type Benchmark, compare, require } from './bench.ts';
import { yanaReader } from './yana.ts';

/** Bytes → messages with every field split, against yana doing the same. */
export const amiParse: Benchmark = async () => {
  const stream = amiStream(50_000_000);
  const checked = checkFields(stream);
  const ours = () => {
    const events = readAll(stream.bytes);
    require(events === stream.events, `${events} events read, ${stream.events} sent`);
    return events;
  };
  const theirs = () => {
    const events = yanaReadAll(stream.bytes);
    require(events === stream.events, `yana read ${events} events, ${stream.events} sent`);
    return events;
  };
  const comparison = await compare(ours, theirs);
  const perSecond = (seconds: number) => `${Math.round(1 / seconds / 1000)}k`;
  const remark = `${perSecond(comparison.oursSeconds)} events/s against ${perSecond(comparison.theirsSeconds)}; ${checked} fields compared with a slow reader, all right`;
  return [atLeast('AMI bytes → fields, ÷ yana', 1.5, comparison, remark)];
};

function readAll(bytes: Buffer): number {
  const reader = new FrameReader();
  let events = 0;
  inChunks(bytes, (chunk) => {
    for (const frame of reader.push(chunk)) {
      if (frame.names().length !== frame.values().length) throw new Error('a name without a value');
      if (frame.event !== '') events++;
    }
  });
  return events;
}

export function yanaReadAll(bytes: Buffer): number {
  let events = 0;
  const reader = yanaReader(() => events++);
  inChunks(bytes, reader.push);
  return events;
}

/** Compares every field with what a reader finds that is slow and plainly right. @returns how many fields there were */
function checkFields({ bytes }: AmiStream): number {
  const expected = slowly(bytes.toString('latin1'));
  const reader = new FrameReader();
  let fields = 0;
  inChunks(bytes, (chunk) => {
    for (const frame of reader.push(chunk)) {
      if (frame.isBanner) continue;
      const want = expected.next().value ?? [];
      const names = frame.names();
      const values = frame.values();
      require(names.length === want.length, `fields of ${frame.text}`);
      for (const [i, [name, value]] of want.entries()) {
        require(names[i] === name && values[i] === value, `${name} of ${frame.text}: ${values[i]}`);
      }
      fields += want.length;
    }
  });
  require(expected.next().done === true, 'messages were left out');
  return fields;
}

function* slowly(text: string): Generator<[name: string, value: string][]> {
  for (const block of text.split('\r\n\r\n')) {
    const lines = block.split('\r\n').filter((line) => /^[^:]+:/.test(line));
    if (lines.length === 0) continue;
    yield lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), readable(line.slice(colon + 1).replace(/^ /, ''))];
    });
  }
}

function readable(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : new TextDecoder('windows-1251').decode(bytes);
}
