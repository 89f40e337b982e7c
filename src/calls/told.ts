import { known } from './channel.ts';
import type { Frame } from './frame.ts';

/** The file of a recording: from the variable itself, or as a channel variable or CDR field of the exchange's dialplan. */
export function recordingIn(frame: Frame): string | null {
  if (frame.event === 'VarSet') return known(frame.get('value'));
  for (const text of frame.all('chanvariable')) {
    const equals = text.indexOf('=');
    if (recordingName.test(text.slice(0, equals)) && equals + 1 < text.length) return text.slice(equals + 1);
  }
  if (frame.event !== 'Cdr') return null;
  return known(frame.get('recfile')) ?? known(frame.get('recordingfile'));
}
const recordingName = /^(?:MIXMONITOR_FILENAME|REC_?FILE|(?:CDR\()?RECORDING_?FILE\)?)$/i;

/** The value of a channel variable that `channelvars` of manager.conf has in every message. */
export function variable(frame: Frame, prefix: string, name: string): string | undefined {
  const line = frame.all(`${prefix}chanvariable`).find((text) => text.startsWith(`${name}=`));
  return line?.slice(name.length + 1);
}
