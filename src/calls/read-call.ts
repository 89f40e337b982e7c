import type { CallFacts, CallOutcome, Talk } from '../core/contact/call.ts';
import { type Cast, type CastOptions, castsOf } from './cast.ts';
import { type Channel, type Dial, replay, type Scene } from './scene.ts';
import { type Stretch, stretchesOf } from './stretches.ts';
import type { Conversation } from './track.ts';
import { nameOf, transfersOf } from './transfers.ts';

/**
 * What was this conversation? Reads the messages of one conversation, finished or open, into one record per client:
 * nearly always one, two where two clients were in one conference. Empty when it was no call (a feature code, a queue
 * log-in). The rules: DESIGN §8 and §14.
 */
export function readCalls(conversation: Conversation, options: CastOptions): CallFacts[] {
  const scene = replay(conversation.moments, options.extensions);
  const casts = castsOf(scene, options);
  const hearts = casts.flatMap((cast) => cast.heart);
  return casts.map((cast) => {
    const others = hearts.filter((channel) => !cast.heart.includes(channel));
    return readOne(conversation, scene, cast, others);
  });
}

/** @param others the other clients of the same conference: no talkers of this record */
function readOne(conversation: Conversation, scene: Scene, cast: Cast, others: readonly Channel[]): CallFacts {
  const end = endOf(conversation, cast);
  const heart = new Set(cast.heart.map((channel) => channel.id));
  const stretches = stretchesOf(scene, heart, end).filter(({ channel }) => !others.includes(channel));
  const answeredAt = stretches[0]?.from ?? null;
  const targets = targetsOf(scene, cast, others);
  const talks = talksOf(cast, stretches);
  return {
    direction: cast.direction,
    outcome: outcomeOf(conversation, scene, cast, targets, answeredAt !== null),
    caller: cast.callerNumber,
    callerName: cast.direction === 'inbound' ? (cast.heart[0]?.callerName ?? null) : (cast.caller?.callerName ?? null),
    withheld: cast.direction === 'inbound' && cast.heart.some((channel) => channel.hidden),
    called: cast.called,
    startedAt: startOf(conversation, cast),
    endedAt: end,
    ringSeconds: ringSeconds(scene, cast, targets, answeredAt, end),
    talkSeconds: answeredAt ? seconds(answeredAt, end) : 0,
    answeredBy: answeredBy(cast, stretches),
    talks,
    lastTalkedTo: talks.length > 0 ? lastOf(cast, stretches) : null,
    employees: employeesOf(cast, stretches),
    rang: unique(targets.filter((c) => c.role === 'phone' && c.rangAt !== null).map((c) => c.peer)),
    transfers: transfersOf(scene, heart, stretches).filter(
      ({ to }) => others.length === 0 || ![...others, ...cast.heart].some((client) => client.number === to),
    ),
    queue: scene.queue,
    recording: scene.recording,
    voicemail: scene.voicemail?.mailbox ?? null,
    linkedIds: idsOf(conversation, cast, others),
  };
}

/** All linked ids of the conversation, but not those the other clients of a conference began with. */
function idsOf({ linkedIds }: Conversation, cast: Cast, others: readonly Channel[]): readonly string[] {
  if (others.length === 0) return linkedIds;
  const theirs = new Set(others.map((channel) => channel.id));
  const own = new Set(cast.heart.map((channel) => channel.id));
  const isFirst = !others.some((channel) => cast.heart.every((mine) => channel.since < mine.since));
  const ids = linkedIds.filter((id) => own.has(id) || (isFirst && !theirs.has(id)));
  // Only a list of channels told of this client, with the linked id of the other: his own was that of his channel.
  return ids.length > 0 ? ids : [...own];
}

function startOf(conversation: Conversation, cast: Cast): Date {
  const first = cast.direction === 'inbound' ? cast.heart[0] : (cast.caller ?? cast.heart[0]);
  return first?.since ?? conversation.moments[0]?.at ?? new Date(0);
}

/** The call ends when the client is gone; among colleagues, when the last of them is. */
function endOf(conversation: Conversation, cast: Cast): Date {
  const last = conversation.endedAt ?? conversation.moments.at(-1)?.at ?? new Date(0);
  if (cast.direction === 'internal' || cast.heart.length === 0) return last;
  const gone = cast.heart.map((channel) => channel.hungUpAt);
  if (gone.some((at) => at === null)) return last;
  return new Date(Math.max(...gone.map((at) => at?.getTime() ?? 0)));
}

/** The channels that were dialled to reach somebody: not the client who called, not the phone of the one who calls. */
function targetsOf(scene: Scene, cast: Cast, others: readonly Channel[]): Channel[] {
  const dialled = scene.dials
    .filter((dial) => !others.some((channel) => channel.id === dial.from) && !isBefore(dial, cast))
    .map((dial) => scene.channels.get(dial.to))
    .filter((channel): channel is Channel => channel !== undefined && channel !== cast.caller)
    .filter((channel) => channel.role === 'phone' || channel.role === 'outside');
  const picked =
    cast.direction === 'outbound' ? dialled.filter((c) => c.role === 'phone' || cast.heart.includes(c)) : dialled;
  return unique(picked);
}

/** Colleagues who were on the phone before the client came in did not ring for him. */
function isBefore(dial: Dial, { direction, heart }: Cast): boolean {
  return direction === 'inbound' && heart.every((client) => dial.at < client.since);
}

function ringSeconds(
  scene: Scene,
  cast: Cast,
  targets: readonly Channel[],
  answeredAt: Date | null,
  end: Date,
): number {
  const dials = scene.dials.filter(
    (dial) => targets.some((channel) => channel.id === dial.to) && !isBefore(dial, cast),
  );
  const first = dials[0]?.at;
  if (!first) return 0;
  if (answeredAt) return seconds(first, answeredAt);
  const rang = targets.filter((channel) => channel.rangAt !== null);
  if (rang.length === 0) return 0;
  const stops = rang.map((channel) => (channel.ringEndedAt ?? channel.hungUpAt ?? end).getTime());
  return seconds(first, new Date(Math.min(Math.max(...stops), end.getTime())));
}

function outcomeOf(
  { ending }: Conversation,
  scene: Scene,
  cast: Cast,
  targets: readonly Channel[],
  answered: boolean,
): CallOutcome {
  if (ending !== 'hung-up') return 'interrupted';
  if (answered) return 'answered';
  if (scene.isFax) return 'fax';
  if (scene.voicemail) return 'voicemail';
  return cast.direction === 'outbound' ? notReached(scene, targets) : notAnswered(cast, targets);
}

/** Q.850 causes with which a far end says no itself, and those with which the network could not bring the call there. */
const rejectedCause = 21;
const failedCauses = new Set([
  1, 2, 3, 5, 6, 22, 27, 28, 29, 34, 38, 41, 42, 44, 47, 50, 55, 57, 58, 63, 65, 69, 79, 88, 95,
]);

/** Nobody outside answered: by the last line that was tried. */
function notReached(scene: Scene, targets: readonly Channel[]): CallOutcome {
  const line = targets.findLast((channel) => channel.role === 'outside');
  if (!line) {
    if (scene.originate?.failed) return scene.originate.reason === 5 ? 'no-answer' : reasonOf(scene.originate.reason);
    return scene.dials.some((dial) => dial.from === null) ? 'no-answer' : 'failed';
  }
  switch (line.dialStatus) {
    case 'BUSY':
      return 'busy';
    case 'CONGESTION':
    case 'CHANUNAVAIL':
      return 'failed';
  }
  if (line.cause === rejectedCause) return 'rejected';
  return line.rangAt === null && line.cause !== null && failedCauses.has(line.cause) ? 'failed' : 'no-answer';
}

/** Asterisk's reasons of OriginateResponse: 3 the phone rang in vain; 0, 1, 8: it could not be rung. */
function reasonOf(reason: number): CallOutcome {
  return reason === 3 ? 'no-answer' : 'failed';
}

/** Nobody of ours answered. Whoever let it ring, missed it; busy or rejected only where every phone said so. */
function notAnswered(cast: Cast, targets: readonly Channel[]): CallOutcome {
  const said = targets.map((channel) => {
    if (channel.dialStatus === 'BUSY') return 'busy' as const;
    return channel.cause === rejectedCause
      ? ('rejected' as const)
      : channel.rangAt
        ? ('rang' as const)
        : ('silent' as const);
  });
  if (said.includes('rang')) return 'missed';
  if (said.includes('busy')) return 'busy';
  if (said.includes('rejected')) return 'rejected';
  const client = cast.heart[0];
  const refused = targets.length === 0 && client !== undefined && !client.wasUp && client.cause === 34;
  return refused ? 'failed' : 'missed';
}

function answeredBy(cast: Cast, stretches: readonly Stretch[]): string | null {
  const first = stretches[0];
  if (!first) return null;
  return cast.direction === 'outbound' ? cast.called : nameOf(first.channel);
}

/**
 * Each person's own seconds. An outbound call that stayed with one of ours is told by the number that was called; once
 * several of ours talked with the client, each of them is named.
 */
function talksOf(cast: Cast, stretches: readonly Stretch[]): Talk[] {
  const by = new Map<string, { from: number; to: number }[]>();
  for (const { channel, from, to } of stretches) {
    const who = nameOf(channel);
    if (who === null) continue;
    by.set(who, [...(by.get(who) ?? []), { from: from.getTime(), to: to.getTime() }]);
  }
  const talks = [...by].map(([who, spans]) => ({ who, seconds: tenths(covered(spans)) }));
  const only = talks.length === 1 && cast.direction === 'outbound' ? talks[0] : undefined;
  return only && cast.called !== null ? [{ who: cast.called, seconds: only.seconds }] : talks;
}

function lastOf(cast: Cast, stretches: readonly Stretch[]): string | null {
  const names = unique(stretches.map((s) => nameOf(s.channel)));
  if (cast.direction === 'outbound' && names.length === 1) return cast.called;
  let last: Stretch | undefined;
  for (const stretch of stretches) if (!last || stretch.to >= last.to) last = stretch;
  return last ? nameOf(last.channel) : null;
}

function employeesOf(cast: Cast, stretches: readonly Stretch[]): string[] {
  const phones = stretches.filter((s) => s.channel.role === 'phone').map((s) => s.channel.peer);
  const caller = cast.direction === 'internal' && stretches.length > 0 ? cast.caller : null;
  return unique(caller ? [caller.peer, ...phones] : phones);
}

/** Milliseconds covered by the spans; two channels of one person count once. */
function covered(spans: readonly { readonly from: number; readonly to: number }[]): number {
  let total = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    total += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return total;
}

function seconds(from: Date, to: Date): number {
  return tenths(Math.max(0, to.getTime() - from.getTime()));
}

function tenths(ms: number): number {
  return Math.round(ms / 100) / 10;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
