import { relative, resolve } from 'node:path';
import { connectors } from '../../../connectors/index.ts';
import { type Config, type Finding, type Kinds, loadConfig } from '../../config.ts';
import { readArguments, usageError } from '../base/arguments.ts';
import { type Command, type ExitCode, exit, type Io } from '../base/command.ts';
import { defaultConfigFile } from '../base/config-file.ts';
import { kindsOf } from '../base/kinds.ts';
import { findingLine } from '../base/output.ts';
import { probeConnectors, probeSources } from './probe.ts';
import { checkTables } from './tables.ts';

export const command: Command = {
  summary: 'every error of the configuration at once',
  usage: `usage: letopis check [--config FILE] [--connect] [--json]

Reads the YAML and the people and clients it names. Exit code 78 when something is wrong.
  --config FILE  default config/letopis.yml
  --connect      also logs in to every connector and reads every source of clients; exit code 69 when one refuses
  --json         one JSON document per finding: { level, file, line, column, path, message }`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, { config: 'value', connect: 'flag', json: 'flag' });
    if (rest.length > 0) throw usageError(`unexpected ${rest[0]}, name the file with --config ${rest[0]}`);
    const shown = options.config ?? defaultConfigFile;
    const tell = (findings: readonly Finding[]) => {
      for (const finding of findings) io.out(options.json ? JSON.stringify(finding) : findingLine(finding));
    };
    const { config, findings, inYaml } = checkFile(shown, io, kindsOf(connectors));
    tell(findings);
    if (config === null || findings.some(({ level }) => level === 'error')) return exit.config;
    let code: ExitCode = exit.done;
    if (options.connect) {
      const refusals = [...(await probeConnectors(config, connectors, shown)), ...(await probeSources(config, inYaml))];
      tell(refusals);
      if (refusals.length > 0) code = exit.unavailable;
      else io.err(`${shown}: every source let us in`);
    }
    if (code === exit.done) io.err(`${shown}: no errors${findings.length > 0 ? `, ${findings.length} warnings` : ''}`);
    return code;
  },
};

/**
 * All that can be known without touching anything outside: the YAML, then the CSV files it names and the names it uses.
 *
 * @param shown the path as given; findings carry it
 */
export function checkFile(
  shown: string,
  io: Pick<Io, 'env' | 'cwd'>,
  kinds: Kinds,
): {
  readonly config: Config | null;
  readonly findings: readonly Finding[];
  readonly inYaml: (level: Finding['level'], path: readonly (string | number)[], message: string) => Finding;
} {
  const named = (finding: Finding): Finding => ({ ...finding, file: shown });
  const read = loadConfig(resolve(io.cwd, shown), { env: io.env, kinds });
  if (!read.ok)
    return {
      config: null,
      findings: [...read.errors, ...read.warnings].map(named).sort((a, b) => byPlace(a, b)),
      inYaml: (level, path, message) => ({ level, file: shown, line: 1, column: 1, path: path.join('.'), message }),
    };
  const { config } = read;
  const inYaml = (level: Finding['level'], path: readonly (string | number)[], message: string) =>
    named(read.finding(level, path, message));
  const tables = checkTables(config, {
    inYaml,
    showFile: (file) => {
      const short = relative(io.cwd, file);
      return short.startsWith('..') ? file : short;
    },
  });
  return { config, findings: [...read.warnings.map(named), ...tables].sort((a, b) => byPlace(a, b, shown)), inYaml };
}

/** The YAML first, then file by file. */
function byPlace(a: Finding, b: Finding, first = ''): number {
  if (a.file !== b.file) return a.file === first ? -1 : b.file === first ? 1 : a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
