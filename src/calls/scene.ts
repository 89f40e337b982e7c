import type { Pattern } from '../core/pattern.ts';
import { asksToBeHidden, callerNumber, known, numberOfDial, readChannelName } from './channel.ts';
import { foldHairpins, pairLocals } from './fold.ts';
import type { Frame } from './frame.ts';
import { ageOf, isHoldingBridge } from './relevant.ts';
import type { Channel, Dial, Happening, Scene } from './scene-parts.ts';
import { recordingIn, variable } from './told.ts';
import type { Moment } from './track.ts';

export type { Channel, Dial, Happening, Scene } from './scene-parts.ts';

type Writable = { -readonly [Key in keyof Scene]: Scene[Key] } & {
  channels: Map<string, Channel>;
  dials: Dial[];
  happenings: Happening[];
  halves: Map<string, string>;
  standing: Map<string, string>;
};

export function replay(moments: readonly Moment[], extensions: Pattern): Scene {
  const scene: Writable = {
    channels: new Map(),
    dials: [],
    happenings: [],
    halves: new Map(),
    standing: new Map(),
    queue: null,
    recording: null,
    voicemail: null,
    isFax: false,
    originate: null,
  };
  for (const moment of moments) step(scene, moment, extensions);
  pairLocals(scene);
  foldHairpins(scene);
  scene.happenings.sort((a, b) => a.at.getTime() - b.at.getTime());
  return scene;
}

function step(scene: Writable, { frame, at }: Moment, extensions: Pattern): void {
  const own = meet(scene, frame, '', at, extensions);
  const dest = meet(scene, frame, 'dest', at, extensions);
  const recording = recordingIn(frame);
  if (recording !== null) scene.recording = recording;
  switch (frame.event) {
    case 'NewCallerid':
      if (own) own.shown = callerNumber(frame.get('calleridnum'));
      if (own && own.role === 'outside' && own.dialled === null && own.number === null && !own.originated)
        own.number = callerNumber(frame.get('calleridnum'));
      return;
    case 'DialBegin':
      return dialBegins(scene, frame, own, dest, at);
    case 'DialState':
      return ringing(dest, frame.get('dialstatus') ?? '', at);
    case 'DialEnd':
      return dialEnds(scene, frame, own, dest, at);
    case 'BridgeEnter':
    case 'ConfbridgeJoin':
      return joins(scene, frame, own, at);
    case 'BridgeLeave':
    case 'ConfbridgeLeave':
      if (own && !isHoldingBridge(frame)) leaves(scene, own, frame.get('bridgeuniqueid') ?? '', at);
      return;
    case 'Hangup':
      return hangsUp(scene, frame, own, at);
    case 'BlindTransfer':
      return blind(scene, frame, at);
    case 'AttendedTransfer':
      if (succeeded(frame)) scene.happenings.push({ kind: 'attended', at, frame });
      return;
    case 'ParkedCall':
    case 'UnParkedCall': {
      const channel = frame.get('parkeeuniqueid');
      const kind = frame.event === 'ParkedCall' ? 'parked' : 'unparked';
      if (channel !== undefined) scene.happenings.push({ kind, at, channel, frame });
      return;
    }
    case 'LocalBridge': {
      const [one, two] = [frame.get('localoneuniqueid'), frame.get('localtwouniqueid')];
      if (one !== undefined && two !== undefined) scene.halves.set(one, two).set(two, one);
      return;
    }
    default:
      return remarks(scene, frame, at);
  }
}

/** What only colours the call: queue, voicemail, fax, how an Originate went. */
function remarks(scene: Writable, frame: Frame, at: Date): void {
  switch (frame.event) {
    case 'QueueCallerJoin':
      scene.queue = known(frame.get('queue')) ?? scene.queue;
      return;
    case 'MessageWaiting':
      scene.voicemail = { mailbox: known(frame.get('mailbox')), at };
      return;
    case 'ReceiveFAX':
    case 'SendFAX':
      scene.isFax = true;
      return;
    case 'OriginateResponse':
      scene.originate = {
        exten: known(frame.get('exten')),
        failed: frame.get('response') === 'Failure',
        reason: Number(frame.get('reason') ?? 0),
      };
      return;
    case 'Cdr':
      narrow(scene, frame);
      if (/^voicemail$/i.test(frame.get('lastapplication') ?? '') && !scene.voicemail) {
        scene.voicemail = { mailbox: known(frame.get('lastdata')?.split(',')[0]), at };
      }
      return;
    case 'CoreShowChannel': {
      const application = frame.get('application') ?? '';
      if (/^(?:receive|send)fax$/i.test(application)) scene.isFax = true;
      return;
    }
  }
}

/** Takes a channel's facts from the fields with this prefix; the first sight of it tells most. */
function meet(scene: Writable, frame: Frame, prefix: string, at: Date, extensions: Pattern): Channel | null {
  const id = frame.get(`${prefix}uniqueid`);
  const name = frame.get(`${prefix}channel`);
  if (id === undefined || id === '' || frame.event === 'Cdr' || frame.event === 'OriginateResponse') return null;
  const callerId = frame.get(`${prefix}calleridnum`);
  let channel = scene.channels.get(id);
  if (!channel) {
    if (name === undefined) return null;
    const { role, peer } = readChannelName(name, callerId ?? '', extensions);
    channel = {
      id,
      name,
      role,
      peer,
      number: role === 'outside' && prefix === '' ? callerNumber(callerId) : null,
      callerName: known(frame.get(`${prefix}calleridname`)),
      shown: null,
      hidden: false,
      exten: known(frame.get(`${prefix}exten`)),
      since: frame.event === 'CoreShowChannel' ? new Date(at.getTime() - ageOf(frame.get('duration'))) : at,
      hungUpAt: null,
      cause: null,
      wasUp: false,
      rangAt: null,
      ringEndedAt: null,
      dialled: null,
      dialStatus: null,
      originated: false,
    };
    scene.channels.set(id, channel);
    if (frame.event === 'CoreShowChannel') wasThere(scene, channel, frame, at);
  } else if (frame.event === 'CoreShowChannel') wasThere(scene, channel, frame, at);
  if (prefix === '' && isKnownAsDialled(frame, id)) channel.dialled ??= { by: null, at, dialString: '' };
  if (channel.dialled === null && channel.role === 'outside') {
    channel.hidden ||= asksToBeHidden(callerId, variable(frame, prefix, 'CALLERID(pres)'));
  }
  const state = frame.get(`${prefix}channelstatedesc`);
  if (state === 'Up') channel.wasUp = true;
  if (state === 'Ringing') ringing(channel, 'RINGING', at);
  if (frame.event === 'Rename' && frame.get('newname') !== undefined)
    channel.name = frame.get('newname') ?? channel.name;
  return channel;
}

/**
 * A line that did not begin its conversation was dialled by us (a forward, a transfer to the outside), though the reader
 * missed the dial: it is no second client who called. In a list of channels such a line runs AppDial; one that does not
 * came in by itself and was joined later.
 */
function isKnownAsDialled(frame: Frame, id: string): boolean {
  if (frame.get('linkedid') === id) return false;
  return frame.event === 'Newchannel' || (frame.event === 'CoreShowChannel' && frame.get('application') === 'AppDial');
}

/**
 * A snapshot after a lost connection tells in which bridge a channel stands, not since when: between the last word about
 * it and the snapshot, whose own time follows from the channel's age where the exchange gives it none.
 */
function wasThere(scene: Writable, channel: Channel, frame: Frame, at: Date): void {
  const bridge = frame.get('bridgeid') ?? '';
  const isIn = bridge !== '' && !/park|hold/i.test(frame.get('application') ?? '');
  const stands = scene.standing.get(channel.id) ?? '';
  if (isIn && stands === bridge) return;
  const aged = channel.since.getTime() + ageOf(frame.get('duration')) + 500;
  const seen = new Date(Math.max(at.getTime(), aged));
  if (stands !== '') leaves(scene, channel, stands, seen);
  if (isIn) enters(scene, channel, bridge, seen, at);
}

/** @param notBefore given when the time is only an upper bound: nobody told when it happened */
function enters(scene: Writable, channel: Channel, bridge: string, at: Date, notBefore: Date | null): void {
  if (scene.standing.get(channel.id) === bridge) return;
  scene.standing.set(channel.id, bridge);
  scene.happenings.push({ kind: 'enter', at, channel: channel.id, bridge, notBefore });
}

function leaves(scene: Writable, channel: Channel, bridge: string, at: Date): void {
  if (scene.standing.get(channel.id) !== bridge) {
    const told = scene.happenings.some((h) => h.kind === 'enter' && h.channel === channel.id && h.bridge === bridge);
    if (told) return; // said twice
    // Its coming was lost in a cut: it came when its dial was answered, or when the others came.
    const company = scene.happenings.findLast((h) => h.kind === 'enter' && h.bridge === bridge);
    const answered = scene.dials.findLast((dial) => dial.to === channel.id && dial.status === 'ANSWER');
    const since = answered?.endedAt ?? company?.at;
    if (!since) return;
    enters(scene, channel, bridge, since, null);
  }
  scene.standing.delete(channel.id);
  scene.happenings.push({ kind: 'leave', at, channel: channel.id, bridge });
}

/**
 * The CDR of a dial tells how long after the start it was answered, in whole seconds: narrows down a coming of which only
 * a snapshot told.
 */
function narrow(scene: Writable, frame: Frame): void {
  if (frame.get('disposition') !== 'ANSWERED' || frame.get('lastapplication') !== 'Dial') return;
  const waited = Number(frame.get('duration')) - Number(frame.get('billableseconds'));
  const names = [frame.get('channel'), frame.get('destinationchannel')];
  const caller = [...scene.channels.values()].find((channel) => channel.name === names[0]);
  if (!caller || !Number.isFinite(waited)) return;
  scene.happenings = scene.happenings.map((h) => {
    if (h.kind !== 'enter' || h.notBefore === null || !names.includes(scene.channels.get(h.channel)?.name)) return h;
    const from = Math.max(h.notBefore.getTime(), caller.since.getTime() + (waited - 1) * 1000);
    const to = Math.min(h.at.getTime(), caller.since.getTime() + (waited + 1) * 1000);
    return to < from ? h : { ...h, at: new Date((from + to) / 2), notBefore: null };
  });
}

function dialBegins(scene: Writable, frame: Frame, own: Channel | null, dest: Channel | null, at: Date): void {
  if (!dest) return;
  const dialString = frame.get('dialstring') ?? '';
  if (!dest.dialled?.dialString) dest.dialled = { by: own?.id ?? null, at, dialString };
  if (dest.role === 'outside') {
    const number =
      numberOfDial(dialString) ?? callerNumber(frame.get('destcalleridnum')) ?? known(frame.get('destexten'));
    dest.number = own || !number ? number : (numberOfDial(dialString) ?? number);
  }
  if (!own) dest.originated = true;
  const dial: Dial = {
    at,
    from: own?.id ?? null,
    to: dest.id,
    exten: known(frame.get('exten')),
    endedAt: null,
    status: null,
    forward: null,
  };
  scene.dials.push(dial);
  scene.happenings.push({ kind: 'dial', at, dial });
}

function dialEnds(scene: Writable, frame: Frame, own: Channel | null, dest: Channel | null, at: Date): void {
  if (!dest) return;
  const status = frame.get('dialstatus') ?? '';
  // An abandoned queue tells every end twice: the first word counts.
  const dial = scene.dials.findLast((d) => d.to === dest.id && d.endedAt === null);
  if (dial) {
    dial.endedAt = at;
    dial.status = status;
    const forward = known(frame.get('forward'));
    if (forward !== null) dial.forward = numberOfDial(forward) ?? forward;
  }
  dest.dialStatus ??= status;
  if (status !== 'ANSWER' && dest.rangAt !== null) dest.ringEndedAt ??= at;
  if (status === 'ANSWER' && own === null) dest.wasUp = true;
  // A filtered stream does not tell of the ringing; who answered was rung.
  if (status === 'ANSWER') dest.rangAt ??= dest.dialled?.at ?? null;
}

function ringing(channel: Channel | null, status: string, at: Date): void {
  if (channel && (status === 'RINGING' || status === 'PROGRESS') && !channel.wasUp) channel.rangAt ??= at;
}

function joins(scene: Writable, frame: Frame, own: Channel | null, at: Date): void {
  const bridge = frame.get('bridgeuniqueid') ?? '';
  if (!own || bridge === '') return;
  if (isHoldingBridge(frame)) {
    // A filtered stream has no ParkedCall; the bridge in which the parked wait tells the same.
    scene.happenings.push({ kind: 'parked', at, channel: own.id, frame });
    return;
  }
  enters(scene, own, bridge, at, null);
}

function hangsUp(scene: Writable, frame: Frame, own: Channel | null, at: Date): void {
  if (!own || own.hungUpAt !== null) return;
  own.hungUpAt = at;
  own.cause = Number(frame.get('cause') ?? 0);
  if (own.rangAt !== null && !own.wasUp) own.ringEndedAt ??= at;
  scene.standing.delete(own.id);
  scene.happenings.push({ kind: 'hangup', at, channel: own.id });
}

function blind(scene: Writable, frame: Frame, at: Date): void {
  const [from, moved, to] = [
    frame.get('transfereruniqueid'),
    frame.get('transfereeuniqueid'),
    known(frame.get('extension')),
  ];
  if (!succeeded(frame) || from === undefined || to === null) return;
  scene.happenings.push({ kind: 'blind', at, from, moved: moved ?? '', to });
}

function succeeded(frame: Frame): boolean {
  return (frame.get('result') ?? 'Success').toLowerCase() === 'success';
}
