import { field } from './recording.ts';

/** A channel that is up or being set up, as the events told it. */
interface OpenChannel {
  readonly name: string;
  /** The lines every channel event carries: Channel … Linkedid and the ChanVariables. */
  readonly lines: readonly string[];
  readonly application: string;
  readonly data: string;
  readonly bridge: string;
  readonly sinceMs: number;
}

/** The channels an exchange has now, learned from the events it sends: the answer to CoreShowChannels. */
export class OpenChannels {
  private readonly channels = new Map<string, OpenChannel>();

  /** Follows one event. */
  learn(lines: readonly string[], atMs: number): void {
    const name = field(lines, 'Channel');
    if (!name) return;
    const event = field(lines, 'Event');
    if (event === 'Hangup') this.channels.delete(name);
    else if (event === 'Newchannel') this.put(name, lines, { application: '', data: '', bridge: '', sinceMs: atMs });
    else if (event === 'Rename') this.rename(name, field(lines, 'Newname') ?? name);
    else this.update(name, event, lines);
  }

  /** Forgets what a conversation left behind: a recording may end before its last hangup. */
  forget(linkedIds: readonly string[]): void {
    for (const { name, lines } of this.channels.values()) {
      if (linkedIds.includes(field(lines, 'Linkedid') ?? '')) this.channels.delete(name);
    }
  }

  linkedIds(): readonly string[] {
    return [...this.channels.values()].map(({ lines }) => field(lines, 'Linkedid') ?? '');
  }

  /** Items of CoreShowChannels, without ActionID. */
  show(nowMs: number): string[][] {
    return [...this.channels.values()].map(({ lines, application, data, bridge, sinceMs }) => [
      'Event: CoreShowChannel',
      ...lines,
      `Application: ${application || 'AppDial'}`,
      `ApplicationData: ${data || '(Outgoing Line)'}`,
      `Duration: ${clockTime(nowMs - sinceMs)}`,
      `BridgeId: ${bridge}`,
    ]);
  }

  /** Items of Status, without ActionID. */
  status(nowMs: number): string[][] {
    return [...this.channels.values()].map(({ name, lines, application, data, bridge, sinceMs }) => [
      'Event: Status',
      'Privilege: Call',
      ...lines,
      `Type: ${name.split('/')[0]}`,
      'TimeToHangup: 0',
      `BridgeID: ${bridge}`,
      `Application: ${application || 'AppDial'}`,
      `Data: ${data || '(Outgoing Line)'}`,
      `Seconds: ${Math.floor((nowMs - sinceMs) / 1000)}`,
    ]);
  }

  /** Items of BridgeList, without ActionID. */
  bridges(): string[][] {
    const bridges = [...this.channels.values()].map(({ bridge }) => bridge).filter((bridge) => bridge !== '');
    return [...new Set(bridges)].map((bridge) => [
      'Event: BridgeListItem',
      `BridgeUniqueid: ${bridge}`,
      'BridgeType: basic',
      'BridgeTechnology: simple_bridge',
      'BridgeCreator: <unknown>',
      'BridgeName: <unknown>',
      `BridgeNumChannels: ${bridges.filter((one) => one === bridge).length}`,
      'BridgeVideoSourceMode: none',
    ]);
  }

  private update(name: string, event: string | null, lines: readonly string[]): void {
    const known = this.channels.get(name);
    if (known === undefined) return;
    if (event === 'CEL') {
      if (field(lines, 'EventName') !== 'APP_START') return;
      const [application, data] = [field(lines, 'Application') ?? '', field(lines, 'AppData') ?? ''];
      this.channels.set(name, { ...known, application, data });
    } else if (field(lines, 'Linkedid') !== null) {
      const bridge = field(lines, 'BridgeUniqueid') ?? known.bridge;
      this.put(name, lines, { ...known, bridge: event === 'BridgeLeave' ? '' : bridge });
    }
  }

  private put(name: string, lines: readonly string[], rest: Omit<OpenChannel, 'name' | 'lines'>): void {
    this.channels.set(name, { ...rest, name, lines: lines.filter((line) => snapshotLine.test(line)) });
  }

  private rename(name: string, to: string): void {
    const known = this.channels.get(name);
    if (known === undefined) return;
    this.channels.delete(name);
    this.put(to, [`Channel: ${to}`, ...known.lines.filter((line) => !line.startsWith('Channel:'))], known);
  }
}

const snapshotLine =
  /^(Channel|ChannelState|ChannelStateDesc|CallerIDNum|CallerIDName|ConnectedLineNum|ConnectedLineName|Language|AccountCode|Context|Exten|Priority|Uniqueid|Linkedid|ChanVariable):/;

function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => `${value}`.padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
