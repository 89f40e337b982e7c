import { type Logger, pino } from 'pino';
import { prettyStream } from './pretty.ts';

export type { Logger };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LogOptions {
  readonly level: LogLevel;
  /** Lines for a person's eyes instead of JSON; the caller decides, usually by whether stderr is a terminal. */
  readonly pretty: boolean;
  /** Where the lines go; results of commands go to stdout, so a daemon and every command log to stderr. */
  readonly destination: NodeJS.WritableStream;
}

/**
 * The daemon's log. Message = event name; variable parts in fields; ids, never numbers, addresses or subjects at info level.
 * Secrets are replaced by `[hidden]` wherever the field names tell them; URLs lose their password.
 */
export function createLog(options: LogOptions): Logger {
  const stream = options.pretty ? prettyStream(options.destination) : options.destination;
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths(), censor: '[hidden]' },
      serializers: { err: describeError, url: withoutPassword },
    },
    stream,
  );
}

/** A logger that says nothing, for tests and for commands that must print results only. */
export const silentLog: Logger = pino({ level: 'silent' });

const secretNames = ['password', 'secret', 'token', 'auth', 'authorization', 'cookie', 'key', 'smtp', 'passphrase'];

/** Two levels deep: we log flat fields; `config.secret` and `err.facts.password` are the deepest that occur. */
function secretPaths(): string[] {
  return secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
}

/**
 * `postgres://u:p@h/d` → `postgres://u:***@h/d`, also where the password holds a bare / or @; anything else stands as it is.
 * Linear in the length of the text: texts of outsiders come here, too.
 */
export function withoutPassword(url: unknown): unknown {
  return typeof url === 'string' ? url.replace(/[^\s"'<>]+/g, hidePassword) : url;
}

/** `word`: a text without white space. The password reaches from the first user to the last @. */
function hidePassword(word: string): string {
  const at = word.lastIndexOf('@');
  const user = at < 0 ? null : /:\/\/[^/:@]*:/.exec(word);
  const end = user === null ? at : user.index + user[0].length;
  return user === null || end > at ? word : `${word.slice(0, end)}***${word.slice(at)}`;
}

/** The error with its cause chain, code and facts, passwords in URLs hidden. Takes anything, also what is no Error. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return withoutPassword(String(error));
  const facts = 'facts' in error ? error.facts : undefined;
  return {
    type: error.name,
    message: withoutPassword(error.message),
    ...('code' in error && error.code !== error.message ? { code: error.code } : {}),
    ...('remedy' in error ? { remedy: error.remedy } : {}),
    ...(typeof facts === 'object' && facts !== null
      ? { facts: Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, withoutPassword(value)])) }
      : {}),
    stack: withoutPassword(error.stack),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
