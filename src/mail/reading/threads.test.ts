import { expect, test } from 'vitest';
import { Threads } from './threads.ts';

const slow = `import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ id }) => setTimeout(() => parentPort.postMessage({ id, answer: id }), 50));`;
const options = {
  script: new URL(`data:text/javascript,${encodeURIComponent(slow)}`),
  threads: 1,
  deadlineMs: 10_000,
  memoryMb: 64,
  worker: 'worker',
  work: 'working',
};
const answered = (answer: number) => ({ kind: 'answered', answer });

test('more than may wait is turned away at once', async () => {
  const threads = new Threads<string, number>({ ...options, mostWaiting: 2 });
  const asked = [1, 2, 3, 4].map(() => threads.ask('x'));
  expect(await asked[3]).toEqual({ kind: 'busy', why: 'too much is being looked at right now' });
  expect(await Promise.all(asked.slice(0, 3))).toEqual([1, 2, 3].map(answered));
  expect(await threads.ask('x')).toEqual(answered(4));
  await threads.close();
});

test('without a bound everything waits', async () => {
  const threads = new Threads<string, number>(options);
  const all = await Promise.all(Array.from({ length: 30 }, () => threads.ask('x')));
  expect(all.map(({ kind }) => kind)).toEqual(Array(30).fill('answered'));
  await threads.close();
});

const hanging = `import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ id, request }) => { while (request === 'hang'); parentPort.postMessage({ id, answer: id }); });`;

test('what a thread was given beforehand is not lost with what it hangs on', async () => {
  const script = new URL(`data:text/javascript,${encodeURIComponent(hanging)}`);
  const threads = new Threads<string, number>({ ...options, script, ahead: 2, deadlineMs: 2000 });
  const asked = ['a', 'hang', 'b', 'c', 'hang', 'd'].map((request) => threads.ask(request));
  const lost = { kind: 'lost', why: 'working took longer than 2000 ms' };
  expect(await Promise.all(asked)).toEqual([answered(1), lost, answered(3), answered(4), lost, answered(6)]);
  await threads.close();
});

test('what is urgent goes before what only waits, in its own order', async () => {
  const threads = new Threads<string, number>(options);
  const done: string[] = [];
  const ask = (name: string, isUrgent: boolean) => threads.ask(name, isUrgent).then(() => void done.push(name));
  await Promise.all([
    ask('working', false),
    ...['later', 'last'].map((name) => ask(name, false)),
    ...['urgent', 'urgent too'].map((name) => ask(name, true)),
  ]);
  expect(done).toEqual(['working', 'urgent', 'urgent too', 'later', 'last']);
  await threads.close();
});
