import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';

/** The part of yana 0.3.0 that reads: what its `connect` sets up once the exchange has greeted. */
interface Ami extends EventEmitter {
  socket: EventEmitter;
  _setupMessageBuffering(): void;
}

// It comes without types.
const require = createRequire(import.meta.url);
const ami: new (options: object) => Ami = require('yana');
const lineSocket: new () => EventEmitter = require('yana/line-socket.js');

/** yana's own reader, fed with bytes instead of a connection. */
export function yanaReader(onEvent: (event: Readonly<Record<string, string | string[]>>) => void): {
  push(chunk: Buffer): void;
} {
  const reader = new ami({});
  reader.socket = new lineSocket();
  reader._setupMessageBuffering();
  reader.on('event', onEvent);
  return { push: (chunk) => void reader.socket.emit('data', chunk) };
}
