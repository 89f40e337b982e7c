import { didYouMean } from '../config/nearest.ts';
import { Fault } from '../core/fault.ts';
import { type Command, type ExitCode, exit, type Io } from './base/command.ts';
import { faultLine } from './base/output.ts';
import { version } from './base/version.ts';

/**
 * Every command, in the order of `letopis --help`. Imported when used: `letopis calls` must not load the web server.
 */
export const commands: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  demo: () => import('./demo.ts'),
  run: () => import('./run.ts'),
  check: () => import('./check/command.ts'),
  calls: () => import('./calls.ts'),
  mail: () => import('./mail/command.ts'),
  due: () => import('./due.ts'),
  match: () => import('./match.ts'),
  import: () => import('./import/command.ts'),
  backfill: () => import('./backfill.ts'),
  quarantine: () => import('./quarantine.ts'),
  'sign-in': () => import('./access/sign-in.ts'),
  sessions: () => import('./access/sessions.ts'),
  links: () => import('./access/links.ts'),
  token: () => import('./token.ts'),
  webhooks: () => import('./webhooks.ts'),
  config: () => import('./schema.ts'),
  init: () => import('./init/command.ts'),
};

/** `letopis …args`. Tells every error itself; the exit codes are those of sysexits (see `exit`). */
export async function runCommandLine(args: readonly string[], io: Io): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined) {
    io.err(await overview());
    return exit.usage;
  }
  if (name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
    io.out(await overview());
    return exit.done;
  }
  if (name === '--version' || name === '-v') {
    io.out(`letopis ${version()}`);
    return exit.done;
  }
  if (name === 'help') return runCommandLine([...rest.slice(0, 1), '--help'], io);
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    const what = name.startsWith('-') ? 'option' : 'command';
    io.err(`letopis: unknown ${what} ${name}${didYouMean(name, Object.keys(commands)) || ', see letopis --help'}`);
    return exit.usage;
  }
  const { command } = await load();
  const options = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (options.includes('--help') || options.includes('-h')) {
    io.out(command.usage);
    return exit.done;
  }
  return await runCommand(name, command, rest, io);
}

async function runCommand(name: string, command: Command, args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await command.run(args, io);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const message = String(error.facts['message'] ?? '');
    switch (error.code) {
      case 'cli.usage':
        io.err(`letopis ${name}: ${message}\n${command.usage.split('\n')[0]}`);
        return exit.usage;
      case 'cli.config':
        io.err(message);
        return exit.config;
      case 'cli.unavailable':
        io.err(`letopis ${name}: ${message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}`);
        return exit.unavailable;
      default:
        io.err(`letopis ${name}: ${faultLine(error)}`);
        return exit.failed;
    }
  }
}

async function overview(): Promise<string> {
  const loaded = await Promise.all(Object.entries(commands).map(async ([name, load]) => ({ name, ...(await load()) })));
  const width = Math.max(...loaded.map(({ name }) => name.length));
  const list = loaded.map(({ name, command }) => `  ${name.padEnd(width)}  ${command.summary}`);
  return ['usage: letopis COMMAND …', '', ...list, '', 'letopis COMMAND --help tells more; letopis --version'].join(
    '\n',
  );
}
