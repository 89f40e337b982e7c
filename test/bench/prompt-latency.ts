import { hasRedis, startRedis } from '../kit/redis.ts';
import { type Benchmark, quantile, type Result } from './bench.ts';
import { openBusyOffice } from './busy-office.ts';

/** Last Hangup → the prompt taken by an SMTP server, the second of grace for late words included. */
export const promptLatency: Benchmark = async () => {
  const results = [await measure('queue in the database')];
  if (!hasRedis) return results;
  const redis = await startRedis();
  try {
    return [...results, await measure('queue on Redis', redis.url)];
  } finally {
    await redis.stop();
  }
};

async function measure(which: string, redis?: string): Promise<Result> {
  const office = await openBusyOffice(redis);
  try {
    await office.playCalls(5, 200); // the first ones load code
    const calls = await office.playCalls(200, 200);
    const latencies = calls.map(({ latencyMs }) => latencyMs / 1000);
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((of) => quantile(latencies, of));
    return {
      what: `last Hangup → prompt accepted, p99, ${which}`,
      measured: `${p99?.toFixed(2)} s`,
      goal: '≤ 2.5 s',
      met: (p99 ?? Number.NaN) <= 2.5,
      remark: `p50 ${p50?.toFixed(2)} s, p95 ${p95?.toFixed(2)} s, worst ${Math.max(...latencies).toFixed(2)} s; ${calls.length} calls, 5 a second`,
    };
  } finally {
    await office.close();
  }
}
