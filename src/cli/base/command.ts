/**
 * What every command of `letopis` is. One file per command in `src/cli/`, which exports it by name:
 *
 *     export const command: Command = { summary, usage, run };
 *
 * and has one line in the table of `index.ts`, imported lazily, so that `letopis calls` does not load the web server.
 */
export interface Command {
  /** One line for `letopis --help`, no full stop at its end. */
  readonly summary: string;
  /** What `letopis NAME --help` prints: `usage: letopis NAME …`, then the options, one per line. Ends without newline. */
  readonly usage: string;
  /**
   * `args`: what stands after the command's name. Results go to `io.out`, diagnostics to `io.err`.
   * May throw `usageError` (exit 64), `configError` (78), `unavailable` (69), see `arguments.ts`; any other `Fault` is told in one line, exit 1;
   * anything else is a bug: told with its stack, exit 1. `--help` anywhere before `--` never reaches it.
   */
  run(args: readonly string[], io: Io): Promise<ExitCode>;
}

/** sysexits: done, failed, wrong usage, something we need is unavailable, wrong configuration. */
export const exit = { done: 0, failed: 1, usage: 64, unavailable: 69, config: 78 } as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

/** The command's way to the outside; tests give their own. */
export interface Io {
  /** One line (or several, already joined by newlines) of results, to stdout; the newline is added. */
  out(text: string): void;
  /** One line of diagnostics, to stderr; the newline is added. */
  err(text: string): void;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** True when a person reads stdout: colour and progress bars make sense. */
  readonly isTTY: boolean;
  readonly env: Environment;
  /** Paths given on the command line resolve against it. */
  readonly cwd: string;
}

/** Environment variables by name; `config.ts` is the only reader of the real ones. */
export type Environment = Readonly<Record<string, string | undefined>>;
