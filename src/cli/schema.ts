import { connectors } from '../../connectors/index.ts';
import { printExample, printSchema } from '../config.ts';
import { readArguments, usageError } from './arguments.ts';
import { type Command, exit } from './command.ts';
import { kindsOf } from './kinds.ts';

export const command: Command = {
  summary: 'prints an example configuration, or the JSON schema for editors',
  usage: `usage: letopis config example|schema

  example  every key with its meaning and default, for config/letopis.yml
  schema   JSON schema; name it in the first line of the YAML and the editor completes and checks:
           # yaml-language-server: $schema=./letopis.schema.json`,
  run: async (args, io) => {
    const { rest } = readArguments(args, {});
    const [what, ...more] = rest;
    if ((what !== 'example' && what !== 'schema') || more.length > 0) throw usageError('expected example or schema');
    const kinds = kindsOf(connectors);
    io.out((what === 'example' ? printExample(kinds) : printSchema(kinds)).trimEnd());
    return exit.done;
  },
};
