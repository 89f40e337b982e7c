import type { Transfer } from '../core/contact/call.ts';
import type { Channel, Happening, Scene } from './scene.ts';
import type { Stretch } from './stretches.ts';

type Of<Kind extends Happening['kind']> = Extract<Happening, { kind: Kind }>;
type Parked = Extract<Happening, { kind: 'parked' | 'unparked' }>;

interface Handed {
  readonly kind: Transfer['kind'];
  readonly at: Date;
  readonly from: string | null;
  readonly to: string;
}

/** How a person is named in a record: his extension, or the outside number; null for a piece of the exchange. */
export function nameOf(channel: Channel): string | null {
  return channel.role === 'phone' ? channel.peer : channel.role === 'outside' ? channel.number : null;
}

/** Every handing on of the client, in order; `answered` tells whether somebody then talked with him. */
export function transfersOf(scene: Scene, heart: ReadonlySet<string>, stretches: readonly Stretch[]): Transfer[] {
  const handed = [
    ...blindOnes(scene),
    ...attendedOnes(scene),
    ...forwards(scene),
    ...redirects(scene, heart, stretches),
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
  return handed.map(({ kind, at, from, to }, i) => {
    const until = handed[i + 1]?.at ?? null;
    const after = stretches.filter((s) => isAfter(s, at, kind) && (until === null || s.from <= until));
    const takers = kind === 'park' ? after : after.filter((s) => nameOf(s.channel) !== from);
    // Who is parked goes to whoever fetches him.
    const fetcher = kind === 'park' && takers[0] ? nameOf(takers[0].channel) : null;
    return { kind, from, to: fetcher ?? to, answered: takers.length > 0 };
  });
}

/** Measured order at a hand-over: the bridges change some milliseconds before or after the event that tells of it. */
const slackMs = 500;

function isAfter(stretch: Stretch, at: Date, kind: Transfer['kind']): boolean {
  if (stretch.from.getTime() >= at.getTime() - slackMs) return true;
  return kind === 'attended' && stretch.to.getTime() > at.getTime() + slackMs;
}

function blindOnes(scene: Scene): Handed[] {
  return scene.happenings
    .filter((h): h is Of<'blind'> => h.kind === 'blind')
    .map(({ at, from, moved, to }) => {
      const parked = scene.happenings.find(
        (h): h is Parked => h.kind === 'parked' && h.channel === moved && near(h.at, at, 2000),
      );
      return { kind: parked ? 'park' : 'blind', at, from: whoIs(scene, from), to } as const;
    });
}

function attendedOnes(scene: Scene): Handed[] {
  return scene.happenings
    .filter((h): h is Of<'attended'> => h.kind === 'attended')
    .flatMap(({ at, frame }) => {
      const first = frame.get('origtransfereruniqueid') ?? '';
      const second = frame.get('secondtransfereruniqueid') ?? '';
      const target = frame.get('transfertargetuniqueid') ?? '';
      const from = whoIs(scene, first) ?? whoIs(scene, second);
      const asked = first === second ? consulted(scene, first, frame.get('secondbridgeuniqueid') ?? '', at) : null;
      const to = (target === '' ? null : whoIs(scene, target)) ?? asked ?? dialledBy(scene, second);
      return to === null ? [] : [{ kind: 'attended', at, from, to } as const];
    });
}

function forwards(scene: Scene): Handed[] {
  return scene.dials.flatMap((dial) => {
    if (dial.forward === null || dial.endedAt === null) return [];
    return [{ kind: 'forward', at: dial.endedAt, from: whoIs(scene, dial.to), to: dial.forward } as const];
  });
}

/**
 * A redirect by the manager tells nothing but that the client leaves the bridge and his channel dials another number;
 * the same number again would be the exchange's own plan going on.
 */
function redirects(scene: Scene, heart: ReadonlySet<string>, stretches: readonly Stretch[]): Handed[] {
  const handed: Handed[] = [];
  for (const id of heart) {
    let asked = scene.channels.get(id)?.exten ?? null;
    let leftAt: Date | null = null;
    let toldAt: Date | null = null;
    for (const happening of scene.happenings) {
      if (happening.kind === 'leave' && happening.channel === id) leftAt = happening.at;
      else if (happening.kind === 'enter' && happening.channel === id) leftAt = null;
      else if (explains(happening)) toldAt = happening.at;
      else if (happening.kind === 'dial' && happening.dial.from === id) {
        const { exten } = happening.dial;
        const told = leftAt && toldAt && near(leftAt, toldAt, 1000);
        const last = leftAt && !told && stretches.findLast((s) => leftAt !== null && near(s.to, leftAt, slackMs));
        if (last && leftAt && exten !== null && exten !== asked)
          handed.push({ kind: 'blind', at: leftAt, from: nameOf(last.channel), to: exten });
        asked = exten ?? asked;
        leftAt = null;
      }
    }
  }
  return handed;
}

function explains(happening: Happening): boolean {
  return ['blind', 'attended', 'parked', 'unparked'].includes(happening.kind);
}

function near(a: Date, b: Date, ms: number): boolean {
  return Math.abs(a.getTime() - b.getTime()) <= ms;
}

/** The person at a channel; behind a Local channel the phone it rang, else the number it stands for. */
export function whoIs(scene: Scene, id: string): string | null {
  const channel = scene.channels.get(id);
  if (!channel) return null;
  if (channel.role !== 'local') return nameOf(channel);
  const half = scene.halves.get(id) ?? id;
  const far = scene.dials.findLast((dial) => dial.from === half || dial.from === id);
  const person = far ? scene.channels.get(far.to) : undefined;
  return (person && nameOf(person)) ?? channel.peer;
}

/** Whom a transfer by feature code asked: the Local channel that stood in the bridge of the consultation, or the last made. */
function consulted(scene: Scene, asker: string, bridge: string, at: Date): string | null {
  const inBridge = scene.happenings.findLast(
    (h) => h.kind === 'enter' && h.bridge === bridge && h.channel !== asker && h.at.getTime() <= at.getTime() + slackMs,
  );
  if (inBridge?.kind === 'enter') return whoIs(scene, inBridge.channel);
  const locals = [...scene.channels.values()].filter(
    (c) => c.role === 'local' && c.since <= at && c.name.endsWith(';1'),
  );
  const last = locals.at(-1);
  return last ? whoIs(scene, last.id) : null;
}

function dialledBy(scene: Scene, id: string): string | null {
  const dial = scene.dials.findLast((d) => d.from === id);
  return (dial && whoIs(scene, dial.to)) ?? scene.channels.get(id)?.exten ?? null;
}
