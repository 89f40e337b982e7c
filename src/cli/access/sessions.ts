import { connectors } from '../../../connectors/index.ts';
import { endSessionsOf } from '../../store/access/sessions.ts';
import { readArguments, usageError } from '../base/arguments.ts';
import { type Command, exit } from '../base/command.ts';
import { requireConfig } from '../base/config-file.ts';
import { withDatabase } from '../base/database.ts';
import { kindsOf } from '../base/kinds.ts';
import { personNamed } from './person.ts';

export const command: Command = {
  summary: 'ends the sessions of a person, or of everybody',
  usage: `usage: letopis sessions end NAME|--all [--config FILE] [--json]

  end NAME       signs the person out everywhere; unused sign-in links open nothing any more
                 NAME is a name, an e-mail address or an extension, also of somebody who left
  end --all      the same for everybody
  --config FILE  default config/letopis.yml
  --json         one JSON document: { name, sessions, signInLinks }; name is null for --all`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, { config: 'value', json: 'flag', all: 'flag' });
    const [verb, name, ...more] = rest;
    if (verb !== 'end') throw usageError('expected end');
    if (more.length > 0) throw usageError(`unexpected ${more[0]}: put a name of several words in quotes`);
    if (options.all === (name !== undefined)) throw usageError('expected either a name or --all');
    const config = requireConfig(options.config, io, kindsOf(connectors));
    return withDatabase(config, async (db) => {
      const person = name === undefined ? null : await personNamed(db, name, 'all');
      const ended = await endSessionsOf(db, person?.id ?? null);
      const who = person?.name ?? null;
      io.out(
        options.json
          ? JSON.stringify({ name: who, ...ended })
          : `${who ?? 'everybody'}: ${ended.sessions} sessions and ${ended.signInLinks} unused sign-in links ended`,
      );
      return exit.done;
    });
  },
};
