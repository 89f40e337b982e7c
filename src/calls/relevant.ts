import type { Frame } from './frame.ts';

/** The events a call is read from; the rest of an exchange's talk (device states, variables, CEL …) is not looked into. */
const relevant = new Set([
  'Newchannel',
  'Newstate',
  'NewCallerid',
  'Rename',
  'DialBegin',
  'DialState',
  'DialEnd',
  'BridgeEnter',
  'BridgeLeave',
  'Hold',
  'Unhold',
  'Hangup',
  'HangupRequest',
  'SoftHangupRequest',
  'BlindTransfer',
  'AttendedTransfer',
  'Pickup',
  'ParkedCall',
  'UnParkedCall',
  'LocalBridge',
  'OriginateResponse',
  'QueueCallerJoin',
  'AgentConnect',
  'ConfbridgeJoin',
  'ConfbridgeLeave',
  'ReceiveFAX',
  'SendFAX',
  'FAXStatus',
  'MessageWaiting',
  'VarSet',
  'Cdr',
  'CoreShowChannel',
  'CoreShowChannelsComplete',
  'FullyBooted',
  'Shutdown',
]);

/** Of the many variables set on a channel only the name of a recording matters. */
const recordingVariable = 'MIXMONITOR_FILENAME';

export function isRelevant(frame: Frame): boolean {
  if (frame.isBanner) return true;
  if (!relevant.has(frame.event)) return false;
  return frame.event !== 'VarSet' || frame.get('variable') === recordingVariable;
}

/** Every channel id (`Uniqueid`, `DestUniqueid`, `TransfererUniqueid`, `UniqueID` …) in a message, in order. */
export function channelIds(frame: Frame): string[] {
  return idsEndingWith(frame, 'uniqueid', 'bridgeuniqueid');
}

/** Every linked id in a message, in order. */
export function linkedIds(frame: Frame): string[] {
  return idsEndingWith(frame, 'linkedid', null);
}

function idsEndingWith(frame: Frame, ending: string, except: string | null): string[] {
  const names = frame.names();
  const values = frame.values();
  const ids: string[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const value = values[i];
    if (name === undefined || value === undefined || !name.endsWith(ending)) continue;
    if (value === '' || value === '<unknown>') continue; // an OriginateResponse that failed names no channel
    if (except !== null && name.endsWith(except)) continue;
    ids.push(value);
  }
  return ids;
}

/**
 * When it happened: `Timestamp:` (needs `timestampevents = yes`), else `fallback`.
 * A cut line may leave half a number: what is not a time of this century is no time.
 */
export function timeOf(frame: Frame, fallback: Date): Date {
  const text = frame.get('timestamp');
  if (text === undefined) return fallback;
  const seconds = Number(text);
  return seconds > 946_684_800 && seconds < 4_102_444_800 ? new Date(Math.round(seconds * 1000)) : fallback;
}

/** `hh:mm:ss` in milliseconds, 0 when it is none. */
export function ageOf(duration: string | undefined): number {
  const [hours = 0, minutes = 0, seconds = 0] = (duration ?? '').split(':').map(Number);
  const total = hours * 3600 + minutes * 60 + seconds;
  return Number.isFinite(total) ? total * 1000 : 0;
}

/** Holding bridges keep parked callers and music: strangers to each other stand in one. */
export function isHoldingBridge(frame: Frame): boolean {
  return /holding/i.test(`${frame.get('bridgetechnology') ?? ''} ${frame.get('bridgetype') ?? ''}`);
}

/** The time in a channel id (`1795332801.40`), null where the exchange's ids have another form. */
export function timeInId(id: string): Date | null {
  const seconds = Number(/(?:^|-)(\d{9,10})\.\d+$/.exec(id)?.[1]);
  return Number.isFinite(seconds) ? new Date(seconds * 1000) : null;
}
