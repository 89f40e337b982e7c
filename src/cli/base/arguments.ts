import { parseArgs } from 'node:util';
import { didYouMean } from '../../config/nearest.ts';
import { Fault } from '../../core/fault.ts';

/** The arguments make no sense: told with the command's usage, exit 64. `cure` says what to write instead. */
export function usageError(message: string): Fault {
  return new Fault('cli.usage', 'reconfigure', { message });
}

/** The configuration is wrong; one finding per line, `file:line:column path: expected …`. Exit 78. */
export function configError(lines: readonly string[]): Fault {
  return new Fault('cli.config', 'reconfigure', { message: lines.join('\n') });
}

/** Something the command needs does not answer (database, exchange). Exit 69. */
export function unavailable(message: string, cause?: unknown): Fault {
  return new Fault('cli.unavailable', 'retry', { message }, cause);
}

/** The options of a command: `flag` takes no value, `value` one, `values` may be repeated. Keys are the long names. */
export type Options = Readonly<Record<string, 'flag' | 'value' | 'values'>>;

export interface Arguments<Given extends Options> {
  readonly options: { readonly [Name in keyof Given]: OptionValue<Given[Name]> };
  /** What is not an option, in order; everything after `--` counts as such. */
  readonly rest: readonly string[];
}

type OptionValue<Kind> = Kind extends 'flag' ? boolean : Kind extends 'value' ? string | undefined : readonly string[];

/**
 * Reads `args` against `options`, e.g. `{ config: 'value', json: 'flag' }`. Options may stand before, between and after
 * the rest, as `--name value` or `--name=value`.
 *
 * @throws `usageError` for an unknown option (with the one that was perhaps meant), a value that is missing or too much.
 */
export function readArguments<const Given extends Options>(args: readonly string[], options: Given): Arguments<Given> {
  const known = Object.keys(options);
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      known.map((name) => [name, { type: options[name] === 'flag' ? ('boolean' as const) : ('string' as const) }]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given: Record<string, boolean | string | string[] | undefined> = Object.fromEntries(
    known.map((name) => [name, options[name] === 'flag' ? false : options[name] === 'values' ? [] : undefined]),
  );
  const rest: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const kind = Object.hasOwn(options, name) ? options[name] : undefined;
    if (kind === undefined)
      throw usageError(
        `unknown option ${rawName}${didYouMean(
          rawName,
          known.map((o) => `--${o}`),
        )}`,
      );
    if (kind === 'flag') {
      if (value !== undefined) throw usageError(`${rawName} takes no value`);
      given[name] = true;
      continue;
    }
    if (value === undefined) throw usageError(`${rawName} needs a value`);
    const before = given[name];
    if (kind === 'values') given[name] = [...(Array.isArray(before) ? before : []), value];
    else if (before !== undefined) throw usageError(`${rawName} is given twice`);
    else given[name] = value;
  }
  return { options: typed(options, given), rest };
}

/** The values are put in by `readArguments` according to their kinds; here the compiler is told. */
function typed<Given extends Options>(options: Given, given: Record<string, unknown>): Arguments<Given>['options'];
function typed(_options: Options, given: Record<string, unknown>): Record<string, unknown> {
  return given;
}
