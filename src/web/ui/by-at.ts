import { fill, oneLine } from '../../core/text.ts';
import type { View } from '../http/route.ts';
import { moment } from './facts.tsx';

/** Who wrote it, and when. */
export function byAt(view: View, name: string | null, at: Date): string {
  return fill(view.texts.directory.byAt, { name: oneLine(name ?? view.texts.client.machine), time: moment(view, at) });
}
