import { expect, test } from 'vitest';
import { Fault } from '../core/fault.ts';
import { type GroupLimits, together } from './together.ts';

/** A store whose statements end when the test says so; an item weighs as much as it has letters. */
function slowStore(
  refuse: (batch: string) => unknown = () => null,
  limits: GroupLimits = { batch: 100, waiting: 2000 },
) {
  const batches: string[] = [];
  const ends: (() => void)[] = [];
  const group = together<string, string>(
    async (items) => {
      const batch = items.join('');
      batches.push(batch);
      await new Promise<void>((resolve) => ends.push(resolve));
      const error = refuse(batch);
      if (error !== null) throw error;
      return items.map((item) => `${item}!`);
    },
    (item) => item.length,
    limits,
  );
  return {
    batches,
    add: group.add,
    idle: group.idle,
    end: async () => {
      await turns();
      ends.shift()?.();
      await turns();
    },
  };
}

/** Of the event loop: what waits for one or two of them has run. */
async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

test('what arrives while a statement runs goes into the next one, and everybody gets his own answers', async () => {
  const store = slowStore();
  const { add: take } = store;
  const first = take('a');
  await turns();
  const others = [take('bc'), take('d')];
  expect(store.batches).toEqual(['a']);
  await store.end();
  expect(await first).toBe('a!');
  expect(store.batches).toEqual(['a', 'bcd']);
  await store.end();
  expect(await Promise.all(others)).toEqual(['bc!', 'd!']);
  const later = take('e');
  await store.end();
  expect(await later).toBe('e!');
});

test('what is there already in the same turn of the event loop comes along with the first', async () => {
  const store = slowStore();
  const { add: take } = store;
  const all = ['a', 'b'].map((name) => take(name));
  expect(store.batches).toEqual([]);
  await turns();
  expect(store.batches).toEqual(['ab']);
  await store.end();
  await Promise.all(all);
});

test('a small group waits for those who were answered just now and ask again', async () => {
  const store = slowStore();
  const { add: take } = store;
  const again = ['a', 'b', 'c', 'd'].map(async (name) => {
    await take(name);
    await take(name.toUpperCase());
  });
  await turns();
  const late = take('e');
  await store.end();
  expect(store.batches).toEqual(['abcd', 'eABCD']);
  await store.end();
  await Promise.all([...again, late]);
});

test('of two equal groups one is on its way before the other is answered', async () => {
  const store = slowStore();
  const { add: take } = store;
  const seen: string[] = [];
  const answered = (name: string) => async () => void seen.push(`${name} answered, ${store.batches.join(' ')} sent`);
  const all = [take('a').then(answered('a'))];
  await turns();
  all.push(take('b').then(answered('b')));
  await store.end();
  await store.end();
  await Promise.all(all);
  expect(seen).toEqual(['a answered, a b sent', 'b answered, a b sent']);
});

test('a statement has about a hundred; a request is never torn', async () => {
  const store = slowStore(undefined, { batch: 3, waiting: 100 });
  const { add: take } = store;
  const all = ['a', 'bc', 'de', 'fghij', 'k'].map((text) => take(text));
  for (let i = 0; i < 5; i++) await store.end();
  await Promise.all(all);
  expect(store.batches).toEqual(['abc', 'de', 'fghij', 'k']);
});

test('too much waits already: turned away at once, and let in again later', async () => {
  const store = slowStore(undefined, { batch: 2, waiting: 3 });
  const { add: take } = store;
  const [one, two] = [take('a'), take('bc')];
  await expect(take('d')).rejects.toMatchObject({ code: 'intake.busy', remedy: 'retry' });
  await store.end();
  await store.end();
  await Promise.all([one, two]);
  const again = take('e');
  await store.end();
  expect(await again).toBe('e!');
});

test('a database that is away fails all of them, once', async () => {
  const away = new Fault('store.unavailable', 'retry');
  const store = slowStore(() => away);
  const { add: take } = store;
  const all = ['a', 'b', 'c'].map((name) => take(name).catch((error: unknown) => error));
  await store.end();
  await store.end();
  expect(await Promise.all(all)).toEqual([away, away, away]);
  expect(store.batches).toEqual(['abc']);
});

test('one that cannot be stored fails alone', async () => {
  const bad = new Fault('store.value_refused', 'set-aside');
  const store = slowStore((batch) => (batch.includes('x') ? bad : null));
  const { add: take } = store;
  const all = ['a', 'b', 'x', 'c'].map((name) => take(name).catch((error: unknown) => error));
  for (let i = 0; i < 5; i++) await store.end();
  expect(await Promise.all(all)).toEqual(['a!', 'b!', bad, 'c!']);
  expect(store.batches).toEqual(['abxc', 'a', 'b', 'x', 'c']);
});

test('idle is when nothing waits any more, whoever came meanwhile', async () => {
  const store = slowStore();
  const seen: string[] = [];
  const all = [store.add('a')];
  await turns();
  all.push(store.add('b'));
  const idle = store.idle().then(() => void seen.push('idle'));
  await store.end();
  expect(seen).toEqual([]);
  await store.end();
  await Promise.all([...all, idle]);
  expect(seen).toEqual(['idle']);
  await store.idle();
});
