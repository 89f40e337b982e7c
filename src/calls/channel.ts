import type { Pattern } from '../core/pattern.ts';

/** Who is at the end of a channel: one of our phones, somebody outside, or only a piece of the exchange itself. */
export type Role = 'phone' | 'outside' | 'local' | 'machine';

export interface ChannelName {
  readonly role: Role;
  /** Of a phone: its extension; of a Local channel: the number it dials; else the name of the line. */
  readonly peer: string;
}

/** Channels an exchange makes for itself: announcers, recorders, the surrogate of a redirected channel. */
const machines =
  /^(?:Announcer|CBAnn|CBRec|Bridge|Recorder|Snoop|Surrogate|Message|Console|AsyncGoto|Null|Parked|MulticastRTP|UnicastRTP|AudioSocket|WebSocket|Transfered|OutgoingSpoolFailed)$/i;

/**
 * Reads a channel's name: `PJSIP/101-0000004a`, `SIP/trunk-00000010`, `IAX2/carrier-5513`, `DAHDI/i1/79031112233-3`,
 * `Local/102@from-queue-00000003;1`. A line whose name has the form of an extension is our phone.
 *
 * @param callerNumber the channel's own caller id: FreePBX names a person's second device 99101 and gives it 101
 */
export function readChannelName(name: string, callerNumber: string, extensions: Pattern): ChannelName {
  const slash = name.indexOf('/');
  const technology = name.slice(0, slash);
  const peer = name.slice(slash + 1).replace(/-[0-9a-f]+(?:;[12])?$/i, '');
  if (technology === 'Local') return { role: 'local', peer: peer.split('@')[0] ?? peer };
  if (slash < 0 || machines.test(technology)) return { role: 'machine', peer };
  if (!extensions.test(peer)) return { role: 'outside', peer };
  const device = /^99(\d+)$/.exec(peer)?.[1];
  if (device !== undefined && device === callerNumber && extensions.test(device))
    return { role: 'phone', peer: device };
  return { role: 'phone', peer };
}

/**
 * The number in what was given to Dial: `79161234567@trunk`, `trunk/79161234567`, `PJSIP/trunk/sip:+79161234567@host`,
 * `user:secret@host/79161234567`, `Local/102@from-internal`. Null when there is none (a dial of a whole line).
 */
export function numberOfDial(dialString: string): string | null {
  const parts = dialString.replace(/sips?:/gi, '').split(/[/@&^,;]/);
  const numbers = parts.filter((part) => /^\+?[\d*#]{2,}$/.test(part));
  return numbers.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** What an exchange writes where it knows no number or name; null for those. */
export function known(value: string | undefined): string | null {
  if (value === undefined || value === '' || value === '<unknown>') return null;
  return value;
}

const noNumber = /^(?:anonymous|restricted|private|withheld|unknown|unavailable|asterisk|0|-\d|s)$/i;
const hidden = /^(?:anonymous|restricted|private|withheld)$/i;

/** The caller's number as on the wire; null when unknown or hidden behind a word. */
export function callerNumber(value: string | undefined): string | null {
  const number = known(value)?.trim() ?? '';
  return number === '' || noNumber.test(number) ? null : number;
}

/** Did the caller ask not to be shown? By word, or by the presentation that `channelvars = CALLERID(pres)` tells. */
export function asksToBeHidden(number: string | undefined, presentation: string | undefined): boolean {
  return hidden.test(number?.trim() ?? '') || (presentation ?? '').startsWith('prohib');
}
