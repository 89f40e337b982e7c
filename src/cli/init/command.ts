import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { connectors } from '../../../connectors/index.ts';
import { readArguments, unavailable, usageError } from '../base/arguments.ts';
import { type Command, exit, type Io } from '../base/command.ts';
import { defaultConfigFile } from '../base/config-file.ts';
import { kindsOf } from '../base/kinds.ts';
import { findingLine } from '../base/output.ts';
import { checkFile } from '../check/command.ts';
import { probeConnectors } from '../check/probe.ts';
import { Asker, flags, questions } from './questions.ts';
import { firstPeople, secretsOf, yamlOf } from './yaml.ts';

export const command: Command = {
  summary: 'asks what it must know, tests the answers and writes the configuration',
  usage: `usage: letopis init [--config FILE] [--force] [--yes] [--ANSWER VALUE …]

Asks on the terminal; answers may also come line by line through stdin, or as options:
${questions.map(({ flag, ask }) => `  --${flag.padEnd(14)} ${ask}`).join('\n')}
  --config FILE    what to write (default config/letopis.yml); people.csv is put beside it
  --yes            takes the defaults instead of asking
  --force          writes over a file that is there`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, { config: 'value', force: 'flag', yes: 'flag', ...flags });
    if (rest.length > 0) throw usageError(`unexpected ${rest[0]}`);
    const shown = options.config ?? defaultConfigFile;
    const file = resolve(io.cwd, shown);
    if (existsSync(file) && !options.force) throw usageError(`${shown} is there already, --force writes over it`);
    const asker = new Asker(io, options, options.yes);
    const answers = await asker.askAll().finally(() => asker.close());

    write(file, yamlOf(answers));
    for (const secret of secretsOf(answers)) write(join(dirname(file), secret.file), `${secret.value}\n`, 0o600);
    const people = join(dirname(file), 'people.csv');
    if (!existsSync(people)) write(people, firstPeople(answers));
    io.out(`${shown} is written`);
    return await test(shown, io);
  },
};

/** Only the owner reads a secret; the mode of an older file is corrected too. */
function write(file: string, text: string, mode = 0o644): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
    chmodSync(file, mode);
  } catch (error) {
    throw unavailable(`cannot write ${file}`, error);
  }
}

/** What was written is read again as the daemon will, and the exchange is logged in to. */
async function test(shown: string, io: Io) {
  const { config, findings } = checkFile(shown, io, kindsOf(connectors));
  for (const finding of findings) io.err(findingLine(finding));
  if (config === null || findings.some(({ level }) => level === 'error')) return exit.config;
  const refusals = await probeConnectors(config, connectors, shown);
  for (const finding of refusals) io.err(findingLine(finding));
  if (refusals.length > 0) io.err(`put this right, then try again: letopis check --connect --config ${shown}`);
  else if (config.connectors.length > 0) io.err('the exchange let us in');
  io.out(`start the daemon with: letopis run --config ${shown}`);
  return refusals.length > 0 ? exit.unavailable : exit.done;
}
