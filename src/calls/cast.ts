import type { Pattern } from '../core/pattern.ts';
import type { Channel, Scene } from './scene.ts';

/** Who is who in a conversation. */
export interface Cast {
  readonly direction: 'inbound' | 'outbound' | 'internal';
  /** The party all talk is measured against: the client's channels; the calling colleague's in an internal call. */
  readonly heart: readonly Channel[];
  /** The phone that began it, null when the call came in or nobody of ours was reached. */
  readonly caller: Channel | null;
  /** As dialled or as on the wire. */
  readonly callerNumber: string | null;
  readonly called: string | null;
}

export interface CastOptions {
  /** Numbers of this form are our phones. */
  readonly extensions: Pattern;
  /** Is this outside number a colleague's own (his mobile)? */
  readonly isColleague: (number: string) => boolean;
}

/**
 * One cast per client: two clients in one conference, or joined by a transfer, both had their contact with us.
 * Empty when it was no call: a feature code, a look into the voicemail, a logging in to a queue.
 */
export function castsOf(scene: Scene, options: CastOptions): Cast[] {
  const cast = castOf(scene, options);
  if (cast?.direction !== 'inbound') return cast ? [cast] : [];
  const byNumber = new Map<string, Channel[]>();
  for (const channel of cast.heart) {
    const key = channel.number ?? `hidden ${channel.id}`;
    byNumber.set(key, [...(byNumber.get(key) ?? []), channel]);
  }
  return [...byNumber.values()].flatMap((heart) => (heart[0] ? [inbound(heart[0], heart)] : []));
}

function castOf(scene: Scene, options: CastOptions): Cast | null {
  const people = [...scene.channels.values()].filter((c) => c.role === 'phone' || c.role === 'outside');
  people.sort((a, b) => a.since.getTime() - b.since.getTime());
  const callersIn = people.filter((c) => c.role === 'outside' && c.dialled === null);
  const calledOut = people.filter((c) => c.role === 'outside' && c.dialled !== null);
  const first = people[0];
  if (!first) return null;
  const [firstIn, firstOut] = [callersIn[0], calledOut[0]];
  if (firstIn && !(first.role === 'phone' && firstOut && firstOut.since < firstIn.since))
    return inbound(firstIn, callersIn);
  if (firstOut && !areAllColleagues(calledOut, options)) return outbound(scene, first, calledOut, options);
  return withoutOutside(scene, first, people, options);
}

function inbound(first: Channel, heart: readonly Channel[]): Cast {
  const called = first.exten !== null && /^[\d+]/.test(first.exten) ? first.exten : null;
  return { direction: 'inbound', heart, caller: null, callerNumber: first.number, called };
}

function areAllColleagues(channels: readonly Channel[], { isColleague }: CastOptions): boolean {
  return channels.every((channel) => channel.number !== null && isColleague(channel.number));
}

function outbound(scene: Scene, first: Channel, calledOut: readonly Channel[], options: CastOptions): Cast {
  const caller = first.role === 'phone' ? first : phoneThatJoined(scene);
  // Several lines may be tried for one number; the one that joined somebody is the client, later ones are transfers.
  const joined = calledOut.findIndex((c) => scene.happenings.some((h) => h.kind === 'enter' && h.channel === c.id));
  const heart = joined < 0 ? calledOut : calledOut.slice(0, joined + 1);
  const asked = caller?.exten ?? null;
  const called = heart.at(-1)?.number ?? (asked !== null && !options.extensions.test(asked) ? asked : null);
  return { direction: 'outbound', heart, caller, callerNumber: caller?.peer ?? null, called };
}

function phoneThatJoined(scene: Scene): Channel | null {
  for (const happening of scene.happenings) {
    const channel = happening.kind === 'enter' ? scene.channels.get(happening.channel) : undefined;
    if (channel?.role === 'phone') return channel;
  }
  return [...scene.channels.values()].find((c) => c.role === 'phone') ?? null;
}

/** Only phones: colleagues among themselves, an outbound call that never got a line, or no call at all. */
function withoutOutside(scene: Scene, first: Channel, people: readonly Channel[], options: CastOptions): Cast | null {
  const wanted = scene.originate?.exten ?? originatedNumber(first, options);
  const asked = wanted ?? (first.dialled === null ? first.exten : null);
  if (asked !== null && /^\+?\d{6,}$/.test(asked) && !options.extensions.test(asked)) {
    if (!people.some((c) => c !== first && c.role === 'phone'))
      return { direction: 'outbound', heart: [], caller: first, callerNumber: first.peer, called: asked };
  }
  const isCall = scene.dials.some((dial) => dial.from !== null) || people.length > 1;
  const isAsked = asked !== null && options.extensions.test(asked);
  if (!isCall && !isAsked) return null;
  const others = people.filter((c) => c.peer !== first.peer);
  const called = isAsked ? asked : (others[0]?.peer ?? asked);
  return { direction: 'internal', heart: [first], caller: first, callerNumber: first.peer, called };
}

/** An Originate shows the client's number as the caller on the employee's phone. */
function originatedNumber(channel: Channel, { extensions }: CastOptions): string | null {
  const shown = channel.shown;
  return channel.originated && shown !== null && !extensions.test(shown) ? shown : null;
}
