// Runs one benchmark in a process of its own and prints its results as JSON: node one.js NAME; without NAME all names.
import { amiCalls } from './ami-calls.ts';
import { amiParse } from './ami-parse.ts';
import type { Benchmark } from './bench.ts';
import { captureCore } from './capture-core.ts';
import { faxPages } from './fax-pages.ts';
import { imports } from './import.ts';
import { mailBombs } from './mail-bombs.ts';
import { mailCatchup } from './mail-catchup.ts';
import { mailHeads } from './mail-heads.ts';
import { mailIdle } from './mail-idle.ts';
import { mailLatency } from './mail-latency.ts';
import { mailMemory } from './mail-memory.ts';
import { match } from './match.ts';
import { promptLatency } from './prompt-latency.ts';
import { rematch } from './rematch.ts';
import { rss } from './rss.ts';
import { takingBack } from './taking-back.ts';
import { webhook } from './webhook.ts';

const benchmarks: Readonly<Record<string, Benchmark>> = {
  'ami-parse': amiParse,
  'ami-calls': amiCalls,
  'capture-core': captureCore,
  match,
  rematch,
  import: imports,
  'prompt-latency': promptLatency,
  'taking-back': takingBack,
  rss,
  'mail-catchup': mailCatchup,
  'mail-memory': mailMemory,
  'mail-heads': mailHeads,
  'mail-bombs': mailBombs,
  'mail-latency': mailLatency,
  'mail-idle': mailIdle,
  webhook,
  'fax-pages': faxPages,
};

const [, , name = ''] = process.argv;
const benchmark = benchmarks[name];
console.log(JSON.stringify(benchmark ? await benchmark() : Object.keys(benchmarks)));
process.exit(0);
