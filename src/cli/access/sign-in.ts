import { connectors } from '../../../connectors/index.ts';
import { randomBytes } from '../../ops/chance.ts';
import { systemClock } from '../../ops/clock.ts';
import { silentLog } from '../../ops/log.ts';
import { issueSignInLink, signInMinutes } from '../../prompt/sign-in.ts';
import { readArguments, usageError } from '../base/arguments.ts';
import { type Command, exit } from '../base/command.ts';
import { requireConfig } from '../base/config-file.ts';
import { withDatabase } from '../base/database.ts';
import { kindsOf } from '../base/kinds.ts';
import { personNamed } from './person.ts';

export const command: Command = {
  summary: 'prints a link that signs a person in, for a start without mail',
  usage: `usage: letopis sign-in NAME [--config FILE] [--json]

  NAME           a name, an e-mail address or an extension of people.csv
                 The link works once, within ${signInMinutes} minutes. Whoever opens it is signed in as that person.
  --config FILE  default config/letopis.yml
  --json         one JSON document: { name, link, expiresAt }`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, { config: 'value', json: 'flag' });
    const [name, ...more] = rest;
    if (name === undefined) throw usageError('expected a name, an e-mail address or an extension');
    if (more.length > 0) throw usageError(`unexpected ${more[0]}: put a name of several words in quotes`);
    const config = requireConfig(options.config, io, kindsOf(connectors));
    const { publicUrl, host, port, basePath } = config.web;
    return withDatabase(config, async (db) => {
      const person = await personNamed(db, name);
      const now = systemClock.now();
      const link = await issueSignInLink(
        {
          ...{ db, randomBytes, clock: systemClock, log: silentLog },
          publicUrl: `${publicUrl ?? `http://${host}:${port}`}${basePath}`,
        },
        person.id,
      );
      const expiresAt = new Date(now.getTime() + signInMinutes * 60_000);
      io.out(options.json ? JSON.stringify({ name: person.name, link, expiresAt }) : link);
      return exit.done;
    });
  },
};
