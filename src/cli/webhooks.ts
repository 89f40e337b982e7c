import { connectors } from '../../connectors/index.ts';
import { systemClock } from '../ops/clock.ts';
import { enableTarget, type TargetHealth, targetsHealth } from '../store/events/targets.ts';
import { type DeliveryView, deliveries, type ReplayOf, replay } from '../store/events/webhooks.ts';
import type { Db } from '../store/index.ts';
import { readArguments, usageError } from './base/arguments.ts';
import { type Command, type ExitCode, exit, type Io } from './base/command.ts';
import { requireConfig } from './base/config-file.ts';
import { withDatabase } from './base/database.ts';
import { kindsOf } from './base/kinds.ts';

export const command: Command = {
  summary: 'who is told what happened, what waits, what is sent again',
  usage: `usage: letopis webhooks list|show|replay|enable [NAME] [--event ID] [--since TIME] [--given-up] [--state STATE] [--config FILE] [--json]

  list                        every target: how it does, what waits, what was given up
  show [NAME]                 the last 100 events and what became of them; --event ID: that one at every target
  replay NAME --since TIME    everything since then once more, in order, with the same ids (TIME: 2026-11-26 or ISO)
  replay NAME --event ID      this one
  replay NAME --given-up      everything that was given up
  enable NAME                 after it answered 410, or when it is known to be back: what waits is sent at once
  --state STATE               show: only waiting, accepted or given-up
  --config FILE               default config/letopis.yml
  --json                      one JSON document per line`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, {
      config: 'value',
      json: 'flag',
      event: 'value',
      since: 'value',
      state: 'value',
      'given-up': 'flag',
    });
    const [verb, name, ...more] = rest;
    if (more.length > 0) throw usageError(`unexpected ${more[0]}`);
    const event = options.event === undefined ? null : readId(options.event);
    const which = verb === 'replay' ? readWhich(event, options.since, options['given-up']) : null;
    const config = requireConfig(options.config, io, kindsOf(connectors));
    const desk: Desk = { io, json: options.json, config: options.config };
    switch (verb) {
      case 'list':
        return withDatabase(config, (db) => list(db, desk));
      case 'show':
        return withDatabase(config, (db) => show(db, desk, name ?? null, event, readState(options.state)));
      case 'replay':
      case 'enable':
        if (name === undefined) throw usageError(`expected the name of a target: letopis webhooks ${verb} crm`);
        return withDatabase(config, (db) => act(db, desk, name, which));
      default:
        throw usageError('expected list, show, replay or enable');
    }
  },
};

interface Desk {
  readonly io: Io;
  readonly json: boolean;
  readonly config: string | undefined;
}

function readId(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text;
  throw usageError(`${text} is no id of an event, see letopis webhooks show`);
}

function readWhich(event: string | null, since: string | undefined, givenUp: boolean): ReplayOf {
  if ([event !== null, since !== undefined, givenUp].filter(Boolean).length !== 1)
    throw usageError('expected one of --since TIME, --event ID, --given-up');
  if (event !== null) return { eventId: event };
  if (since === undefined) return { givenUp: true };
  const at = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(since)
    ? Date.parse(since)
    : Number.NaN;
  if (Number.isNaN(at)) throw usageError(`expected a time such as 2026-11-26T09:00:00+02:00, found ${since}`);
  return { since: new Date(at) };
}

function readState(text: string | undefined): DeliveryView['state'] | null {
  if (text === undefined) return null;
  if (text === 'waiting' || text === 'accepted' || text === 'given-up') return text;
  throw usageError(`expected waiting, accepted or given-up, found ${text}`);
}

async function list(db: Db, { io, json }: Desk): Promise<ExitCode> {
  const targets = await targetsHealth(db);
  for (const target of targets) io.out(json ? JSON.stringify(target) : targetLine(target));
  if (targets.length === 0 && !json)
    io.err('no target is configured, or the daemon was not started since: `crm: webhooks:` in the YAML');
  return exit.done;
}

function targetLine({ name, state, lastSuccessAt, failingSince, waiting, givenUp, lastError }: TargetHealth): string {
  const how =
    state !== 'active' ? state : failingSince === null ? 'works' : `failing since ${failingSince.toISOString()}`;
  const last = lastSuccessAt === null ? 'never' : lastSuccessAt.toISOString();
  const error = lastError === null ? '' : `, ${lastError}`;
  return `${name}: ${how}${error}; last success ${last}; waiting ${waiting}, given up ${givenUp}`;
}

async function show(
  db: Db,
  { io, json }: Desk,
  target: string | null,
  eventId: string | null,
  state: DeliveryView['state'] | null,
): Promise<ExitCode> {
  const found = await deliveries(db, { target, eventId, state }, 100);
  for (const one of found) io.out(json ? JSON.stringify(one) : deliveryLine(one));
  if (found.length === 0 && !json) io.err('nothing such was told, or it is older than 30 days');
  return exit.done;
}

function deliveryLine(one: DeliveryView): string {
  const { at, eventId, target, type, state, attempts, lastStatus, lastError, nextAt } = one;
  const error = lastError ?? (lastStatus === null ? '' : String(lastStatus));
  const next = state === 'waiting' ? `, next try ${nextAt.toISOString()}` : '';
  return `${at.toISOString()}  ${eventId}  ${target}  ${type}  ${state} after ${attempts}${error === '' ? '' : `: ${error}`}${next}`;
}

async function act(db: Db, { io, json }: Desk, name: string, which: ReplayOf | null): Promise<ExitCode> {
  const now = systemClock.now();
  const isKnown = which === null ? await enableTarget(db, name, now) : await isTarget(db, name);
  if (!isKnown) {
    io.err(`letopis webhooks: there is no target ${name}, see letopis webhooks list`);
    return exit.failed;
  }
  const count = which === null ? null : await replay(db, name, which, now);
  const words = count === null ? `${name}: enabled` : `${name}: ${count} to be sent again`;
  io.out(
    json ? JSON.stringify({ target: name, ...(count === null ? { enabled: true } : { replayed: count }) }) : words,
  );
  return count === 0 ? exit.failed : exit.done;
}

async function isTarget(db: Db, name: string): Promise<boolean> {
  return (await targetsHealth(db)).some((target) => target.name === name);
}
