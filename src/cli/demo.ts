import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectors } from '../../connectors/index.ts';
import { languageOf } from '../core/language.ts';
import { systemClock } from '../ops/clock.ts';
import { createLog } from '../ops/log.ts';
import { readArguments, usageError } from './base/arguments.ts';
import { type Command, exit } from './base/command.ts';
import { kindsOf } from './base/kinds.ts';
import { untilAsked } from './run.ts';

export const command: Command = {
  summary: 'an office morning, nothing needed: calls, drafts, links, pages',
  usage: `usage: letopis demo [--port PORT] [--language ru|uk|en]

Everything is made anew in a temporary folder and removed at the end (Ctrl+C).
  --port PORT      of the pages (default 8080, any free one where that is taken)
  --language LANG  of pages and mails (default: as LANG says, else en)`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, { port: 'value', language: 'value' });
    if (rest.length > 0) throw usageError(`unexpected ${rest[0]}`);
    const language = options.language ?? languageOf(io.env['LC_ALL']?.slice(0, 2), io.env['LANG']?.slice(0, 2), 'en');
    if (language !== languageOf(language)) throw usageError(`unknown language ${language}, expected ru, uk or en`);
    const port = options.port === undefined ? await freePort(8080) : portOf(options.port);
    const folder = mkdtempSync(join(tmpdir(), 'letopis-demo-'));
    const log = createLog({ level: 'warn', pretty: io.isTTY, destination: process.stderr });
    try {
      const { playDemo } = await import('../demo/demo.ts'); // loads the web server: not for --help
      const { out, err: tell, env } = io;
      const parts = { clock: systemClock, registry: connectors, kinds: kindsOf(connectors) };
      await playDemo({ ...parts, out, tell, log, env, folder, language, port }, untilAsked(log));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    return exit.done;
  },
};

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw usageError(`--port ${text}: expected a number from 0 to 65535`);
}

/** The wished port, or 0 (any) where it is taken. */
function freePort(wished: number): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(0));
    server.listen(wished, '127.0.0.1', () => server.close(() => resolve(wished)));
  });
}
