import type { Ringing } from '../core/contact/capture.ts';
import { type CastOptions, castsOf } from './cast.ts';
import { type Channel, replay, type Scene } from './scene.ts';
import type { Conversation } from './track.ts';

/**
 * Whom a call with the outside rings now, and who talks: what the live page shows. Null for colleagues among themselves
 * and for what is no call. A caller who asked to be hidden is shown as nobody.
 */
export function readRinging(conversation: Conversation, options: CastOptions): Ringing | null {
  const scene = replay(conversation.moments, options.extensions);
  const cast = castsOf(scene, options)[0];
  if (!cast || cast.direction === 'internal') return null;
  const client = cast.heart[0];
  const hidden = cast.direction === 'inbound' && cast.heart.some((channel) => channel.hidden);
  const number = hidden ? null : cast.direction === 'inbound' ? cast.callerNumber : cast.called;
  const over = conversation.endedAt !== null;
  return {
    call: conversation.linkedIds[0] ?? '',
    outside: number === null ? null : { kind: 'phone', value: number },
    outsideName: hidden || cast.direction !== 'inbound' ? null : (client?.callerName ?? null),
    ours: cast.direction === 'inbound' && cast.called !== null ? { kind: 'phone', value: cast.called } : null,
    rings: over || cast.direction !== 'inbound' ? [] : ringingPhones(scene),
    answeredBy: over ? null : talksNow(scene, cast.heart),
    since: client?.since ?? cast.caller?.since ?? conversation.moments[0]?.at ?? new Date(0),
  };
}

function ringingPhones(scene: Scene): string[] {
  const phones = scene.dials
    .filter((dial) => dial.endedAt === null)
    .map((dial) => scene.channels.get(dial.to))
    .filter((phone): phone is Channel => phone?.role === 'phone' && phone.hungUpAt === null && !phone.wasUp);
  return [...new Set(phones.map((phone) => phone.peer))];
}

/** The phone that stands in a bridge while a client does; Local chains are not followed: the final record is exact. */
function talksNow(scene: Scene, heart: readonly Channel[]): string | null {
  const standing = [...scene.standing.keys()].map((id) => scene.channels.get(id));
  if (!heart.some((channel) => scene.standing.has(channel.id))) return null;
  return standing.findLast((channel) => channel?.role === 'phone')?.peer ?? null;
}
