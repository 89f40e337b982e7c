#!/usr/bin/env node

// `letopis … | head` closes our output early: that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
process.on('uncaughtException', failed);
process.on('unhandledRejection', failed);

// The daemon alone stays for months; the other commands are to be quick.
if (process.argv[2] === 'run') await import('./ops/stay-lean.ts');
const { runCommandLine } = await import('./cli/index.ts');
const { environment } = await import('./config.ts');
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

/**
 * BullMQ leaves connections it has in hand without a listener for a moment, while it connects and while it migrates (read in
 * its source, 6.7): a database that goes down just then must not take the daemon along. Whoever needs the connection is told
 * by the next use of it.
 */
function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isFatal =
    'severity' in error && error.severity === 'FATAL' && 'code' in error && /^57P/.test(String(error.code));
  return isFatal || error.message === 'Connection terminated unexpectedly';
}

/** A bug: one clear line, then where it happened. */
function failed(error: unknown): void {
  if (isLostConnection(error)) return;
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  process.stderr.write(`letopis: ${message} (a bug of ours; please report what follows)\n${stack ?? ''}\n`, () =>
    process.exit(1),
  );
}
