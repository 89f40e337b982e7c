import { connectors } from '../../connectors/index.ts';
import { didYouMean } from '../config/nearest.ts';
import { type Scope, scopes } from '../core/scope.ts';
import { apiTokenText, hashOf } from '../core/token.ts';
import { randomBytes } from '../ops/chance.ts';
import { systemClock } from '../ops/clock.ts';
import { addToken, revokeToken, tokens } from '../store/access/tokens.ts';
import type { Db } from '../store/index.ts';
import { readArguments, usageError } from './base/arguments.ts';
import { type Command, type ExitCode, exit, type Io } from './base/command.ts';
import { requireConfig } from './base/config-file.ts';
import { withDatabase } from './base/database.ts';
import { kindsOf } from './base/kinds.ts';

export const command: Command = {
  summary: 'tokens of programs that use the API: make, list, revoke',
  usage: `usage: letopis token add NAME --scope SCOPE[,SCOPE…] [--source NAME] [--days N] [--config FILE] [--json]
       letopis token list|revoke NAME [--config FILE] [--json]

  add NAME       prints a new token, once: only its hash is kept
  --scope …      ${scopes.join(', ')}
  --source NAME  whose keys of clients it speaks of (PUT /clients/by-key/…); default NAME. The same for the token after it
  --days N       it opens nothing after so many days; default: until it is revoked
  list           every token, when it was used last
  revoke NAME    it opens nothing from now on
  --config FILE  default config/letopis.yml
  --json         one JSON document per line`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, {
      config: 'value',
      json: 'flag',
      scope: 'values',
      source: 'value',
      days: 'value',
    });
    const [verb, name, ...more] = rest;
    if (more.length > 0) throw usageError(`unexpected ${more[0]}`);
    if (verb !== 'add' && verb !== 'list' && verb !== 'revoke') throw usageError('expected add, list or revoke');
    const wish = verb === 'add' ? readWish(name, options.scope, options.source, options.days) : null;
    if (verb === 'revoke' && name === undefined) throw usageError('expected the name of a token');
    const config = requireConfig(options.config, io, kindsOf(connectors));
    return withDatabase(config, (db) => {
      if (wish !== null) return add(db, io, options.json, wish);
      return name !== undefined && verb === 'revoke' ? revoke(db, io, options.json, name) : list(db, io, options.json);
    });
  },
};

interface Wish {
  readonly name: string;
  readonly source: string;
  readonly scopes: readonly Scope[];
  readonly days: number | null;
}

function readWish(
  name: string | undefined,
  given: readonly string[],
  source: string | undefined,
  days: string | undefined,
): Wish {
  if (name === undefined) throw usageError('expected a name: letopis token add crm --scope clients:read');
  for (const word of [name, ...(source === undefined ? [] : [source])])
    if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(word))
      throw usageError(`expected a name of small letters, digits and hyphens, found ${word}`);
  const words = given.flatMap((text) => text.split(',')).map((word) => word.trim());
  if (words.length === 0) throw usageError(`expected --scope with some of ${scopes.join(', ')}`);
  const known = words.map((word) => {
    const scope = scopes.find((one) => one === word);
    if (scope === undefined) throw usageError(`unknown scope ${word}${didYouMean(word, scopes)}`);
    return scope;
  });
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days)) throw usageError(`expected a number of days, found ${days}`);
  return { name, source: source ?? name, scopes: [...new Set(known)], days: days === undefined ? null : Number(days) };
}

async function add(db: Db, io: Io, json: boolean, { name, source, scopes: may, days }: Wish): Promise<ExitCode> {
  const token = apiTokenText(randomBytes(32));
  const expiresAt = days === null ? null : new Date(systemClock.now().getTime() + days * 86_400_000);
  if (!(await addToken(db, { name, source, scopes: may, hash: hashOf(token), expiresAt }))) {
    io.err(`letopis token: there is a token ${name}; revoke it first, or choose another name with --source ${source}`);
    return exit.failed;
  }
  io.out(json ? JSON.stringify({ name, source, scopes: may, expiresAt, token }) : token);
  if (!json) io.err('keep it now: it is not shown again');
  return exit.done;
}

async function list(db: Db, io: Io, json: boolean): Promise<ExitCode> {
  for (const one of await tokens(db)) {
    if (json) io.out(JSON.stringify(one));
    else {
      const { name, source, scopes: may, usedAt, revokedAt, expiresAt } = one;
      const state = revokedAt !== null ? `, revoked ${revokedAt.toISOString()}` : '';
      const end = expiresAt === null ? '' : `, until ${expiresAt.toISOString()}`;
      const from = source === name ? '' : ` (source ${source})`;
      io.out(`${name}${from}: ${may.join(', ')}; used ${usedAt?.toISOString() ?? 'never'}${end}${state}`);
    }
  }
  return exit.done;
}

async function revoke(db: Db, io: Io, json: boolean, name: string): Promise<ExitCode> {
  if (!(await revokeToken(db, name, systemClock.now()))) {
    io.err(`letopis token: there is no valid token ${name}, see letopis token list`);
    return exit.failed;
  }
  io.out(json ? JSON.stringify({ name, revoked: true }) : `${name}: revoked`);
  return exit.done;
}
