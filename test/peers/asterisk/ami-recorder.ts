import { once } from 'node:events';
import { AmiSession } from './ami-session.ts';
import { within } from './wait.ts';

/**
 * What one manager user received, byte for byte, over any number of sessions: a session lost and regained shows as a second
 * banner in the file, as it would in a capture of the real connection.
 */
export class AmiRecorder {
  private readonly kept: Buffer[] = [];
  private session: AmiSession;
  private readonly login: { address: string; port: number; user: string; secret: string };

  private constructor(login: { address: string; port: number; user: string; secret: string }, session: AmiSession) {
    this.login = login;
    this.session = session;
  }

  static async start(login: { address: string; port: number; user: string; secret: string }): Promise<AmiRecorder> {
    return new AmiRecorder(login, await AmiSession.openSoon(login));
  }

  get bytes(): Buffer {
    return Buffer.concat([...this.kept, ...this.session.chunks]);
  }

  /** The network went away: what is on its way is lost. */
  drop(): void {
    this.session.close();
  }

  /** The exchange closed the session itself. */
  async untilClosed(): Promise<void> {
    if (!this.session.closed) await within(20_000, 'the end of the recorded session', once(this.session, 'close'));
  }

  /** Logs in again and asks for the open channels (and more, if wanted), as a connector does. Answers the channels found. */
  async regain(...further: readonly ('Status' | 'BridgeList')[]): Promise<number> {
    this.kept.push(...this.session.chunks);
    this.session = await AmiSession.openSoon(this.login);
    const channels = await this.session.action({ Action: 'CoreShowChannels' }, true);
    for (const list of further) await this.session.action({ Action: list }, true);
    return channels.length;
  }

  stop(): void {
    this.session.close();
  }
}
