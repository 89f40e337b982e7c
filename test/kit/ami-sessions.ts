import { readFileSync } from 'node:fs';

/** What one connection of a recorded stream brought, sorted by what a scripted exchange says when. */
export interface RecordedSession {
  /** Said right after the login, before the list of channels. */
  readonly first: Buffer;
  /** The list of channels, as messages. */
  readonly channels: readonly string[];
  /** Everything after, as it came; may end in the middle of a message. */
  readonly rest: Buffer;
}

/** What the scripted exchange says by itself. */
const answers = /^(?:Response:|Event: (?:FullyBooted|CoreShowChannel|Status|BridgeList))/;

/** Takes a recorded AMI stream apart; a second banner is a second connection. */
export function sessionsOf(bytes: Buffer): RecordedSession[] {
  const connections = bytes.toString('latin1').split(/^Asterisk Call Manager\/[\d.]+\r\n/m);
  return connections.slice(1).map((text) => {
    const messages = text.split('\r\n\r\n');
    const listed = messages.findIndex((message) => message.startsWith('Event: CoreShowChannelsComplete'));
    const ours = (message: string) => !answers.test(message);
    const before = messages.slice(0, listed + 1);
    return {
      first: written(
        before.filter((message) => message !== '' && ours(message)).map((message) => `${message}\r\n\r\n`),
      ),
      channels: before.filter((message) => message.startsWith('Event: CoreShowChannel\r\n')),
      rest: written([
        messages
          .slice(listed + 1)
          .filter(ours)
          .join('\r\n\r\n'),
      ]),
    };
  });
}

function written(texts: readonly string[]): Buffer {
  return Buffer.from(texts.join(''), 'latin1');
}

/** What the exchange said about the call of a recording, from its first channel on: one message after the other, without logins. */
export function messagesOf(name: string, version: '16' | '22' = '22'): string[] {
  const bytes = readFileSync(new URL(`../recordings/${version}/${name}.crm.ami`, import.meta.url));
  return sessionsOf(bytes).flatMap(({ first, channels, rest }) =>
    [first.toString('latin1'), ...channels, rest.toString('latin1')]
      .flatMap((text) => text.split('\r\n\r\n'))
      .filter((text) => text !== ''),
  );
}

/** The same conversation once more, as another one: every id and channel name is its own, numbers and times are not. */
export function retold(messages: readonly string[], n: number): string {
  const hex = n.toString(16).padStart(4, '0');
  return written(messages.map((message) => `${message}\r\n\r\n`))
    .toString('latin1')
    .replace(/^(\w*(?:unique|linked)id: \d{10}\.)(\d+)/gim, `$1${n}0000$2`)
    .replace(/-[0-9a-f]{4}([0-9a-f]{4})\b/g, `-${hex}$1`)
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}/g, (id) => `${id.slice(0, -4)}${hex}`);
}
