// The door of the queue: what the stages and the composition root look through.
export { openQueue, type Queue, type QueueHealth, type QueueOptions } from './queue.ts';
