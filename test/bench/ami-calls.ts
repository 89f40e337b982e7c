import { Recording } from '../../src/calls/index.ts';
import type { CallFacts } from '../../src/core/contact/call.ts';
import { yanaReadAll } from './ami-parse.ts';
import { type AmiStream, amiStream, inChunks, reading } from './ami-stream.ts';
import { atLeast, type Benchmark, compare, require } from './bench.ts';

/** Bytes → assembled calls, against yana that only parses. */
export const amiCalls: Benchmark = async () => {
  const stream = amiStream(50_000_000);
  checkCalls(stream, assemble(stream.bytes));
  const ours = () => {
    const calls = assemble(stream.bytes).length;
    require(calls === stream.calls.length, `${calls} calls, expected ${stream.calls.length}`);
    return stream.events;
  };
  const theirs = () => {
    const events = yanaReadAll(stream.bytes);
    require(events === stream.events, `yana read ${events} events, ${stream.events} sent`);
    return events;
  };
  const comparison = await compare(ours, theirs);
  const perSecond = (seconds: number) => `${Math.round(1 / seconds / 1000)}k`;
  const remark = `${perSecond(comparison.oursSeconds)} events/s against ${perSecond(comparison.theirsSeconds)}; ${stream.calls.length} calls, all as when each is read alone`;
  return [atLeast('AMI bytes → calls, ÷ yana that only parses', 1, comparison, remark)];
};

function assemble(bytes: Buffer): CallFacts[] {
  const recording = new Recording(reading);
  inChunks(bytes, (chunk) => recording.push(chunk));
  return recording.end();
}

/** The stream must give what its recordings give one by one, and as many calls as the phones counted. */
function checkCalls(stream: AmiStream, calls: readonly CallFacts[]): void {
  require(stream.calls.length === stream.trueCalls, `${stream.calls.length} calls, the phones had ${stream.trueCalls}`);
  const expected = countOf(stream.calls);
  const found = countOf(calls);
  const wrong = [...new Set([...expected.keys(), ...found.keys()])].filter(
    (key) => expected.get(key) !== found.get(key),
  );
  const told = wrong.slice(0, 5).map((key) => `${found.get(key) ?? 0} instead of ${expected.get(key) ?? 0}: ${key}`);
  require(wrong.length === 0, `${calls.length} calls, expected ${stream.calls.length}\n${told.join('\n')}`);
}

/** Equal calls and how often they came; ids and times of the clock differ with every telling. */
function countOf(calls: readonly CallFacts[]): Map<string, number> {
  const count = new Map<string, number>();
  for (const { linkedIds, startedAt, endedAt, recording: _path, ...call } of calls) {
    const key = JSON.stringify({ ...call, lasted: endedAt.getTime() - startedAt.getTime(), ids: linkedIds.length });
    count.set(key, (count.get(key) ?? 0) + 1);
  }
  return count;
}
