import { connectors } from '../../connectors/index.ts';
import { printExample, printSchema } from '../config.ts';
import { readArguments, usageError } from './base/arguments.ts';
import { type Command, exit } from './base/command.ts';
import { kindsOf } from './base/kinds.ts';

export const command: Command = {
  summary: 'prints an example configuration, the JSON schema for editors, the OpenAPI document for programs',
  usage: `usage: letopis config example|schema|openapi

  example  every key with its meaning and default, for config/letopis.yml
  schema   JSON schema; name it in the first line of the YAML and the editor completes and checks:
           # yaml-language-server: $schema=./letopis.schema.json
  openapi  what other programs can do, as OpenAPI 3.1; the daemon serves it at /api/v1/openapi.json`,
  run: async (args, io) => {
    const { rest } = readArguments(args, {});
    const [what, ...more] = rest;
    if ((what !== 'example' && what !== 'schema' && what !== 'openapi') || more.length > 0)
      throw usageError('expected example, schema or openapi');
    if (what === 'openapi') {
      const { openApi } = await import('../web/api/openapi.ts'); // loads the web server's part: not for the others
      io.out(JSON.stringify(openApi(), null, 2));
      return exit.done;
    }
    const kinds = kindsOf(connectors);
    io.out((what === 'example' ? printExample(kinds) : printSchema(kinds)).trimEnd());
    return exit.done;
  },
};
