import type { Channel } from './scene-parts.ts';
import { hairpinMs } from './track.ts';

/** What is mended once everything was told: pieces of the exchange that looked like people, halves that lost each other. */
interface Foldable {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly halves: Map<string, string>;
}

/** `…;1` and `…;2` of one name are the two halves, also where LocalBridge was filtered away. */
export function pairLocals(scene: Foldable): void {
  const byName = new Map<string, Channel>();
  for (const channel of scene.channels.values()) if (channel.role === 'local') byName.set(channel.name, channel);
  for (const channel of byName.values()) {
    const other = byName.get(channel.name.replace(/;([12])$/, (_all, half) => (half === '1' ? ';2' : ';1')));
    if (other && other !== channel && !scene.halves.has(channel.id)) scene.halves.set(channel.id, other.id);
  }
}

/**
 * A call that left by a line and came back to this very exchange: its two ends on the line are no people. When nobody of
 * ours made it (a fax the exchange sends), the end that came in stays the caller.
 */
export function foldHairpins(scene: Foldable): void {
  const lines = [...scene.channels.values()].filter((channel) => channel.role === 'outside');
  for (const back of lines.filter((channel) => channel.dialled === null)) {
    const out = lines.find((channel) => channel.dialled !== null && isHairpin(channel, back));
    if (!out) continue;
    out.role = 'local';
    if (out.originated) continue;
    back.role = 'local';
    scene.halves.set(out.id, back.id).set(back.id, out.id);
  }
}

function isHairpin(out: Channel, back: Channel): boolean {
  const after = back.since.getTime() - out.since.getTime();
  if (out.dialled?.dialString === '') return false; // its number is not what was dialled: only a list tells of it
  return out.number !== null && out.number === back.exten && after >= 0 && after <= hairpinMs;
}
