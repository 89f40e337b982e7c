#!/usr/bin/env node
import { runCommandLine } from './cli/index.ts';
import { environment } from './config.ts';

// `letopis … | head` closes our output early: that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
process.on('uncaughtException', failed);
process.on('unhandledRejection', failed);

const code = await runCommandLine(process.argv.slice(2), {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  stdin: process.stdin,
  isTTY: process.stdout.isTTY === true,
  env: environment(),
  cwd: process.cwd(),
});
// A pipe may still hold what was written last.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));

/** A bug: one clear line, then where it happened. */
function failed(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  process.stderr.write(`letopis: ${message} (a bug of ours; please report what follows)\n${stack ?? ''}\n`, () =>
    process.exit(1),
  );
}
