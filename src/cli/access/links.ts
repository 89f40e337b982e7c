import { connectors } from '../../../connectors/index.ts';
import { systemClock } from '../../ops/clock.ts';
import { revokeLinksOf } from '../../store/prompts/prompts.ts';
import { readArguments, usageError } from '../base/arguments.ts';
import { type Command, exit } from '../base/command.ts';
import { requireConfig } from '../base/config-file.ts';
import { withDatabase } from '../base/database.ts';
import { kindsOf } from '../base/kinds.ts';
import { personNamed } from './person.ts';

export const command: Command = {
  summary: 'revokes the links that a person was sent',
  usage: `usage: letopis links revoke NAME [--config FILE] [--json]

  revoke NAME    no link in a mail to this person opens a draft any more; the drafts stay the person's own
                 NAME is a name, an e-mail address or an extension, also of somebody who left
  --config FILE  default config/letopis.yml
  --json         one JSON document: { name, links }`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, { config: 'value', json: 'flag' });
    const [verb, name, ...more] = rest;
    if (verb !== 'revoke') throw usageError('expected revoke');
    if (name === undefined) throw usageError('expected a name, an e-mail address or an extension');
    if (more.length > 0) throw usageError(`unexpected ${more[0]}: put a name of several words in quotes`);
    const config = requireConfig(options.config, io, kindsOf(connectors));
    return withDatabase(config, async (db) => {
      const person = await personNamed(db, name, 'all');
      const links = await revokeLinksOf(db, person.id, systemClock.now());
      io.out(options.json ? JSON.stringify({ name: person.name, links }) : `${person.name}: ${links} links revoked`);
      return exit.done;
    });
  },
};
