import type { Channel, Happening, Scene } from './scene.ts';

/** A stretch of time in which somebody was in talk with the heart of the call: the client, or the calling colleague. */
export interface Stretch {
  readonly channel: Channel;
  readonly from: Date;
  readonly to: Date;
}

interface Open {
  readonly channel: Channel;
  readonly from: Date;
  /** The bridge he stepped out of while the client waits in it (to ask a colleague); null while he talks. */
  awayFrom: string | null;
}

/**
 * Who talked with the `heart` channels, and when. People are in talk when a chain of bridges and Local halves joins them.
 * Who steps out of the client's bridge while the client stays in it alone (a consultation by feature code) is still in
 * charge of him: his stretch goes on until he hands over, hangs up, or somebody else joins the client.
 */
export function stretchesOf(scene: Scene, heart: ReadonlySet<string>, end: Date): Stretch[] {
  const where = new Map<string, string>();
  const open = new Map<string, Open>();
  const done: Stretch[] = [];
  const close = (id: string, at: Date) => {
    const stretch = open.get(id);
    open.delete(id);
    if (stretch) done.push({ channel: stretch.channel, from: stretch.from, to: at < stretch.from ? stretch.from : at });
  };

  for (const happening of scene.happenings) {
    const { at } = happening;
    const left = move(where, happening);
    const talking = reach(scene, where, heart);
    const joined = talking.filter((channel) => !open.has(channel.id));
    for (const [id, stretch] of open) {
      if (talking.some((channel) => channel.id === id)) {
        stretch.awayFrom = null;
        continue;
      }
      if (left !== null && left.channel === id && standsIn(where, heart, left.bridge)) stretch.awayFrom = left.bridge;
      const stays = stretch.awayFrom !== null && standsIn(where, heart, stretch.awayFrom);
      if (!stays || joined.length > 0 || endsCare(happening, id)) close(id, at);
    }
    for (const channel of joined) open.set(channel.id, { channel, from: at, awayFrom: null });
  }
  for (const id of [...open.keys()]) close(id, end);
  return done.sort((a, b) => a.from.getTime() - b.from.getTime());
}

/** Applies who stands in which bridge. @returns who left which bridge by this happening */
function move(where: Map<string, string>, happening: Happening): { channel: string; bridge: string } | null {
  switch (happening.kind) {
    case 'enter':
      where.set(happening.channel, happening.bridge);
      return null;
    case 'leave':
      if (where.get(happening.channel) !== happening.bridge) return null;
      where.delete(happening.channel);
      return happening;
    case 'hangup':
      where.delete(happening.channel);
      return null;
    default:
      return null;
  }
}

function standsIn(where: ReadonlyMap<string, string>, heart: ReadonlySet<string>, bridge: string): boolean {
  return [...heart].some((id) => where.get(id) === bridge);
}

function endsCare(happening: Happening, id: string): boolean {
  if (happening.kind === 'hangup') return happening.channel === id;
  if (happening.kind !== 'attended') return false;
  const { frame } = happening;
  return frame.get('origtransfereruniqueid') === id || frame.get('secondtransfereruniqueid') === id;
}

/** The people, the heart apart, who hear the heart through bridges and Local halves. */
function reach(scene: Scene, where: ReadonlyMap<string, string>, heart: ReadonlySet<string>): Channel[] {
  const seen = new Set<string>();
  const queue = [...heart].filter((id) => where.has(id));
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const bridge = where.get(id);
    if (bridge === undefined) continue;
    for (const [other, its] of where) if (its === bridge && !seen.has(other)) queue.push(other);
    const half = scene.halves.get(id);
    if (half !== undefined) queue.push(half);
  }
  return [...seen].flatMap((id) => {
    const channel = scene.channels.get(id);
    return channel && !heart.has(id) && (channel.role === 'phone' || channel.role === 'outside') ? [channel] : [];
  });
}
