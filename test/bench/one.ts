// Runs one benchmark in a process of its own and prints its results as JSON: node one.js NAME; without NAME all names.
import { amiCalls } from './ami-calls.ts';
import { amiParse } from './ami-parse.ts';
import type { Benchmark } from './bench.ts';
import { captureCore } from './capture-core.ts';
import { match } from './match.ts';
import { promptLatency } from './prompt-latency.ts';
import { rss } from './rss.ts';

const benchmarks: Readonly<Record<string, Benchmark>> = {
  'ami-parse': amiParse,
  'ami-calls': amiCalls,
  'capture-core': captureCore,
  match,
  'prompt-latency': promptLatency,
  rss,
};

const [, , name = ''] = process.argv;
const benchmark = benchmarks[name];
console.log(JSON.stringify(benchmark ? await benchmark() : Object.keys(benchmarks)));
process.exit(0);
