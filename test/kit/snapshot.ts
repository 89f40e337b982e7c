/** What an AMI reader sees when its connection breaks at byte `at` of a recorded stream and it logs in again. */
export interface Cut {
  /** What came before the break; ends in the middle of a message, most of the time. */
  readonly before: Uint8Array;
  /** The new login, the channels open then, and everything from the broken message on: nothing was missed. */
  readonly after: Uint8Array;
  /** The same, but the broken message is gone for ever. */
  readonly lost: Uint8Array;
  /** False where the break falls into a login or into a snapshot: there is no honest second login to be made of that. */
  readonly isQuiet: boolean;
}

const end = '\r\n\r\n';

export function snapshotAt(bytes: Buffer, at: number): Cut {
  const text = bytes.toString('latin1');
  const from = at < 4 ? 0 : text.lastIndexOf(end, at - 4) + 4;
  const next = text.indexOf(end, from);
  const to = next < 0 ? text.length : next + 4;
  const broken = text.slice(from, to);
  const isQuiet =
    from > 4 &&
    broken.startsWith('Event: ') &&
    !/Event: (?:CoreShow|Bridge(?:List|Info)|Status|FullyBooted)/.test(broken);
  const rebooted = /^Event: FullyBooted/m.test(text.slice(from));
  return {
    before: latin1(text.slice(0, at)),
    after: latin1(login(text.slice(0, from)) + text.slice(from)),
    lost: latin1(login(text.slice(0, to)) + text.slice(to)),
    isQuiet: isQuiet && !rebooted,
  };
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** Banner, answer to the login and the list of channels that the stream so far has left open. */
function login(soFar: string): string {
  const channels = openChannels(soFar);
  const list = channels.map((channel) => frame({ Event: 'CoreShowChannel', ActionID: 'again-2', ...channel }));
  return [
    'Asterisk Call Manager/11.0.0\r\n',
    frame({ Response: 'Success', ActionID: 'again-1', Message: 'Authentication accepted' }),
    frame({ Event: 'FullyBooted', Privilege: 'system,all', Status: 'Fully Booted' }),
    frame({ Response: 'Success', ActionID: 'again-2', EventList: 'start', Message: 'Channels will follow' }),
    ...list,
    frame({ Event: 'CoreShowChannelsComplete', EventList: 'Complete', ListItems: String(list.length) }),
  ].join('');
}

type Fields = Readonly<Record<string, string>>;

function frame(fields: Fields): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${lines.join('')}\r\n`;
}

function openChannels(soFar: string): Fields[] {
  const open = new Map<string, Record<string, string>>();
  const listed = new Set<string>();
  for (const block of soFar.split(end)) {
    const fields = fieldsOf(block);
    const id = fields.get('Uniqueid');
    if (/^Event: Shutdown/m.test(block)) open.clear();
    if (/^Event: CoreShowChannelsComplete/m.test(block)) {
      for (const known of open.keys()) if (!listed.has(known)) open.delete(known);
      listed.clear();
    }
    if (id === undefined || !fields.has('ChannelState')) continue;
    const event = fields.get('Event');
    if (event === 'CoreShowChannel') listed.add(id);
    if (event === 'Hangup') {
      open.delete(id);
      continue;
    }
    const channel = open.get(id) ?? { BridgeId: '', Duration: '00:00:00', Application: '' };
    const told = [
      'Channel',
      'ChannelState',
      'ChannelStateDesc',
      'CallerIDNum',
      'CallerIDName',
      'Exten',
      'Uniqueid',
      'Linkedid',
    ];
    for (const name of told) channel[name] = fields.get(name) ?? '';
    if (event === 'CoreShowChannel') {
      channel['BridgeId'] = fields.get('BridgeId') ?? '';
      channel['Application'] = fields.get('Application') ?? '';
    }
    if (event === 'BridgeEnter') {
      channel['BridgeId'] = fields.get('BridgeUniqueid') ?? '';
      channel['Application'] = /holding/.test(fields.get('BridgeTechnology') ?? '') ? 'Park' : '';
    }
    if (event === 'BridgeLeave' && channel['BridgeId'] === fields.get('BridgeUniqueid')) channel['BridgeId'] = '';
    if (event === 'Newchannel' || event === 'CoreShowChannel' || open.has(id)) open.set(id, channel);
  }
  return [...open.values()];
}

function fieldsOf(block: string): ReadonlyMap<string, string> {
  return new Map(
    block.split('\r\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
}
