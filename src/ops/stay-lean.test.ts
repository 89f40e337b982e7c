import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

// In a process of its own: the flags are those of all of a process.
const probe = `
  const { getHeapSpaceStatistics } = await import('node:v8');
  const { Worker } = await import('node:worker_threads');
  const young = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size;
  const fill = () => Array.from({ length: 5000 }, () => new Array(1000).fill(0));
  await import(${JSON.stringify(new URL('./stay-lean.ts', import.meta.url).href)});
  const before = young();
  fill();
  const busy = young();
  const worker = new Worker('setTimeout(() => {}, 200)', { eval: true, execArgv: [] });
  await new Promise((resolve) => worker.once('online', resolve));
  fill();
  console.log(JSON.stringify({ before, busy, threaded: young() }));`;

test('the young generation stays as it is, whatever goes on; a thread that starts lets it grow once at most', async () => {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', probe];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { before, busy, threaded } = JSON.parse(stdout);
  expect(busy).toBe(before);
  expect([before, 2 * before]).toContain(threaded); // without us: 33 MB
});
