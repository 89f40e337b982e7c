import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchLateRequests } from './late-requests.ts';

function whole(request: IncomingMessage): IncomingMessage {
  request.complete = true;
  return request;
}

test('whoever is not whole in time is let go of, once and in turn; who is whole is not, whether that was told or not', async () => {
  const late = watchLateRequests(40);
  const letGo: string[] = [];
  const [slow, slower, told, untold, broken] = Array.from({ length: 5 }, () => new IncomingMessage(new Socket()));
  const all = { slow, told, untold, broken };
  for (const [name, request] of Object.entries(all)) if (request) late.began(request, () => letGo.push(name));
  if (told) late.mayBeWhole(whole(told));
  if (untold) whole(untold);
  broken?.destroy();
  if (slow) late.mayBeWhole(slow); // a GET that promised a body is answered before it is whole
  await pause(20);
  if (slower) late.began(slower, () => letGo.push('slower'));
  await pause(30);
  expect(letGo).toEqual(['slow']);
  await pause(40);
  expect(letGo).toEqual(['slow', 'slower']);
});

test('after a rest it watches again', async () => {
  const late = watchLateRequests(10);
  for (let round = 0; round < 2; round++) {
    let count = 0;
    late.began(new IncomingMessage(new Socket()), () => count++);
    await pause(60);
    expect(count).toBe(1);
  }
});
