import { Writable } from 'node:stream';

/** JSON lines in, one short coloured line per event out: `12:00:01 warn  connector.session_lost connector=office-pbx …`. */
export function prettyStream(destination: NodeJS.WritableStream): NodeJS.WritableStream {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const lines = chunk.toString().split('\n').filter(Boolean);
      destination.write(`${lines.map(prettyLine).join('\n')}\n`, () => done());
    },
  });
}

const colours: Readonly<Record<string, string>> = {
  debug: '\u001b[2m',
  info: '\u001b[32m',
  warn: '\u001b[33m',
  error: '\u001b[31m',
};

/** What is not JSON stands as it is: nothing is lost because it looks odd. */
export function prettyLine(line: string): string {
  const entry = parse(line);
  if (!entry) return line;
  const { level, time, msg, err, ...fields } = entry;
  const clock = typeof time === 'string' ? time.slice(11, 19) : '';
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${plain(value)}`);
  const colour = colours[String(level)] ?? '';
  return [`${clock} ${colour}${String(level).padEnd(5)}\u001b[0m ${plain(msg)}`, ...rest, ...errorLines(err)].join(' ');
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Values come from outside: control characters would let a caller's name steer the terminal. */
function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

function errorLines(err: unknown): string[] {
  if (typeof err !== 'object' || err === null) return err === undefined ? [] : [plain(err)];
  const { message, facts, stack, type } = { message: '', facts: undefined, stack: '', type: '', ...err };
  const told = [plain(message), ...(facts === undefined ? [] : [plain(facts)])].join(' ');
  // a Fault names its cure; only a bug needs its stack
  return type === 'Fault' ? [told] : [told, ...framesOf(String(stack))];
}

/** The stack without the message, which has been told: its line breaks would let an outside text write log lines of its own. */
function framesOf(stack: string): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => `\n    ${plain(line).trim()}`);
}
