import { expect, test } from 'vitest';
import type { Capture } from '../core/capture.ts';
import { Fault } from '../core/fault.ts';
import { together } from './together.ts';

/** A capture is told by its identity alone. */
const capture = (identity: string): Capture => Object.assign(Object.create(null), { identity });
const names = (captures: readonly Capture[]) => captures.map(({ identity }) => identity).join('');

/** A store whose statements end when the test says so. */
function slowStore(refuse: (batch: string) => unknown = () => null) {
  const batches: string[] = [];
  const ends: (() => void)[] = [];
  return {
    batches,
    end: async () => {
      await turns();
      ends.shift()?.();
      await turns();
    },
    take: async (captures: readonly Capture[]) => {
      const batch = names(captures);
      batches.push(batch);
      await new Promise<void>((resolve) => ends.push(resolve));
      const error = refuse(batch);
      if (error !== null) throw error;
      return captures.map(({ identity }) => (identity === 'd' ? ('duplicate' as const) : ('stored' as const)));
    },
  };
}

/** Of the event loop: what waits for one or two of them has run. */
async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

test('what arrives while a statement runs goes into the next one, and everybody gets his own answers', async () => {
  const store = slowStore();
  const take = together(store.take);
  const first = take([capture('a')]);
  await turns();
  const others = [take([capture('b'), capture('c')]), take([capture('d')]), take([])];
  expect(store.batches).toEqual(['a']);
  await store.end();
  expect(await first).toEqual(['stored']);
  expect(store.batches).toEqual(['a', 'bcd']);
  await store.end();
  expect(await Promise.all(others)).toEqual([['stored', 'stored'], ['duplicate'], []]);
  const later = take([capture('e')]);
  await store.end();
  expect(await later).toEqual(['stored']);
});

test('what is there already in the same turn of the event loop comes along with the first', async () => {
  const store = slowStore();
  const take = together(store.take);
  const all = ['a', 'b'].map((name) => take([capture(name)]));
  expect(store.batches).toEqual([]);
  await turns();
  expect(store.batches).toEqual(['ab']);
  await store.end();
  await Promise.all(all);
});

test('a small group waits for those who were answered just now and ask again', async () => {
  const store = slowStore();
  const take = together(store.take);
  const again = ['a', 'b', 'c', 'd'].map(async (name) => {
    await take([capture(name)]);
    await take([capture(name.toUpperCase())]);
  });
  await turns();
  const late = take([capture('e')]);
  await store.end();
  expect(store.batches).toEqual(['abcd', 'eABCD']);
  await store.end();
  await Promise.all([...again, late]);
});

test('of two equal groups one is on its way before the other is answered', async () => {
  const store = slowStore();
  const take = together(store.take);
  const seen: string[] = [];
  const answered = (name: string) => async () => void seen.push(`${name} answered, ${store.batches.join(' ')} sent`);
  const all = [take([capture('a')]).then(answered('a'))];
  await turns();
  all.push(take([capture('b')]).then(answered('b')));
  await store.end();
  await store.end();
  await Promise.all(all);
  expect(seen).toEqual(['a answered, a b sent', 'b answered, a b sent']);
});

test('a statement has about a hundred; a request is never torn', async () => {
  const store = slowStore();
  const take = together(store.take, { batch: 3, waiting: 100 });
  const all = ['a', 'bc', 'de', 'fghij', 'k'].map((text) => take([...text].map(capture)));
  for (let i = 0; i < 5; i++) await store.end();
  await Promise.all(all);
  expect(store.batches).toEqual(['abc', 'de', 'fghij', 'k']);
});

test('too much waits already: turned away at once, and let in again later', async () => {
  const store = slowStore();
  const take = together(store.take, { batch: 2, waiting: 3 });
  const [one, two] = [take([capture('a')]), take([capture('b'), capture('c')])];
  await expect(take([capture('d')])).rejects.toMatchObject({ code: 'intake.busy', remedy: 'retry' });
  await store.end();
  await store.end();
  await Promise.all([one, two]);
  const again = take([capture('e')]);
  await store.end();
  expect(await again).toEqual(['stored']);
});

test('a database that is away fails all of them, once', async () => {
  const away = new Fault('store.unavailable', 'retry');
  const store = slowStore(() => away);
  const take = together(store.take);
  const all = ['a', 'b', 'c'].map((name) => take([capture(name)]).catch((error: unknown) => error));
  await store.end();
  await store.end();
  expect(await Promise.all(all)).toEqual([away, away, away]);
  expect(store.batches).toEqual(['abc']);
});

test('one that cannot be stored fails alone', async () => {
  const bad = new Fault('store.value_refused', 'set-aside');
  const store = slowStore((batch) => (batch.includes('x') ? bad : null));
  const take = together(store.take);
  const all = ['a', 'b', 'x', 'c'].map((name) => take([capture(name)]).catch((error: unknown) => error));
  for (let i = 0; i < 5; i++) await store.end();
  expect(await Promise.all(all)).toEqual([['stored'], ['stored'], bad, ['stored']]);
  expect(store.batches).toEqual(['abxc', 'a', 'b', 'x', 'c']);
});
