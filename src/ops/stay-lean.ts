import { setFlagsFromString } from 'node:v8';

// For a process that mostly waits. To be imported first of all, before the modules whose loading lets the heap grow; V8 looks at
// these whenever it is about to grow.

// The young generation stays small instead of growing to 48 MB under a burst of calls. Measured over 120 calls in 15 s: 156 MB
// of RSS without, 120 MB with it.
setFlagsFromString('--semi-space-growth-factor=1');
// On a machine with much memory V8 collects the old generation only when it has grown by half and more. Measured over 500 calls:
// 235 MB of RSS without, 180 MB with it.
setFlagsFromString('--heap-growing-percent=20');
