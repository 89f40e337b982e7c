import { expect, test } from 'vitest';
import { Busy, Places, Remembered } from './places.ts';

test('so many work, some wait, more are turned away; what fails gives its place back', async () => {
  const places = new Places(2, 1);
  const ends: (() => void)[] = [];
  const work = (name: string) => places.within(() => new Promise<string>((end) => ends.push(() => end(name))));
  const [one, two, three] = [work('one'), work('two'), work('three')];
  await expect(work('four')).rejects.toBeInstanceOf(Busy);
  expect(ends).toHaveLength(2);
  ends[0]?.();
  expect(await one).toBe('one');
  await expect.poll(() => ends.length).toBe(3);
  for (const end of ends) end();
  expect(await Promise.all([two, three])).toEqual(['two', 'three']);
  for (let n = 0; n < 5; n++) await expect(places.within(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await places.within(async () => 'again')).toBe('again');
});

test('the last thing is remembered for a while', async () => {
  const remembered = new Remembered<string>(30);
  remembered.set('a', 'A');
  expect([remembered.get('a'), remembered.get('b')]).toEqual(['A', null]);
  remembered.set('b', 'B');
  expect([remembered.get('a'), remembered.get('b')]).toEqual([null, 'B']);
  await expect.poll(() => remembered.get('b')).toBeNull();
});
