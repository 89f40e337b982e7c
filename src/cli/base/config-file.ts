import { resolve } from 'node:path';
import { type Config, type Kinds, loadConfig, type ReadOptions } from '../../config.ts';
import { configError } from './arguments.ts';
import type { Io } from './command.ts';
import { findingLine } from './output.ts';

export const defaultConfigFile = 'config/letopis.yml';

/**
 * The configuration for a command that works with it. Warnings are for `letopis check` to tell.
 *
 * @param given what `--config` says; undefined: config/letopis.yml
 * @throws `configError` with every finding
 */
export function requireConfig(given: string | undefined, io: Io, kinds: Kinds, only?: ReadOptions['only']): Config {
  const shown = given ?? defaultConfigFile;
  const read = loadConfig(resolve(io.cwd, shown), { env: io.env, kinds, ...(only === undefined ? {} : { only }) });
  if (read.ok) return read.config;
  throw configError(read.errors.map((finding) => findingLine({ ...finding, file: shown })));
}
