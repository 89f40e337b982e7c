import { EventEmitter, once } from 'node:events';
import { RtpStream } from './rtp-stream.ts';
import { newId, type SipMessage, tagOf } from './sip-message.ts';
import type { SipPhone } from './sip-phone.ts';
import { within } from './wait.ts';

export type CallState = 'new' | 'calling' | 'ringing' | 'answered' | 'ended';

export interface Peer {
  readonly address: string;
  readonly port: number;
}

export interface Dialog {
  readonly callId: string;
  readonly peer: Peer;
  readonly outgoing: boolean;
  cseq: number;
  target: string;
  local: string;
  remote: string;
}

/** One leg as its phone lives it. `at` holds the wall-clock milliseconds of every state: the truth of a scenario. */
export class SipCall extends EventEmitter {
  state: CallState = 'new';
  readonly at: Partial<Record<CallState, number>> = {};
  readonly rtp = new RtpStream();
  /** final SIP status of a call that failed */
  code: number | null = null;
  endCause = '';
  /** last status a REFER was answered with in its NOTIFYs */
  referStatus: number | null = null;
  branch = '';
  invite: SipMessage | null = null;
  tag = '';
  resend: NodeJS.Timeout | undefined;
  private sdpVersion = 0;
  private direction = 'sendrecv';
  /** set by the phone for incoming calls */
  answer: () => void = () => {};
  reject: (code: number, reason: string) => void = () => {};
  readonly phone: SipPhone;
  readonly dialog: Dialog;

  constructor(phone: SipPhone, dialog: Dialog) {
    super();
    this.setMaxListeners(0);
    this.phone = phone;
    this.dialog = dialog;
  }

  set(state: CallState): void {
    this.state = state;
    this.at[state] = Date.now();
    this.emit('state', state);
  }

  /** Waits for one of the states; `ended` always releases, so that a refused call fails fast. */
  async until(...states: CallState[]): Promise<CallState> {
    const reached = async (): Promise<CallState> => {
      while (!states.includes(this.state) && this.state !== 'ended') await once(this, 'state');
      return this.state;
    };
    const state = await within(60_000, `${this.phone.user}: ${states.join(' or ')}`, reached());
    if (!states.includes(state))
      throw new Error(`${this.phone.user}: ended (${this.endCause}), not ${states.join(' or ')}`);
    return state;
  }

  request(
    method: string,
    extra: { headers?: readonly string[]; body?: string; cseq?: number; uri?: string; type?: string } = {},
  ): string {
    const { phone, dialog } = this;
    const branch = `z9hG4bK${newId()}`;
    const body = extra.body ?? '';
    const lines = [
      `${method} ${extra.uri ?? dialog.target} SIP/2.0`,
      `Via: SIP/2.0/UDP ${phone.ip}:5060;branch=${branch};rport`,
      'Max-Forwards: 70',
      `From: ${dialog.local}`,
      `To: ${dialog.remote}`,
      `Call-ID: ${dialog.callId}`,
      `CSeq: ${extra.cseq ?? ++dialog.cseq} ${method}`,
      `Contact: <sip:${phone.user}@${phone.ip}:5060>`,
      'Allow: INVITE, ACK, CANCEL, BYE, REFER, NOTIFY, OPTIONS, INFO, UPDATE',
      ...(extra.headers ?? []),
      ...(body ? [`Content-Type: ${extra.type ?? 'application/sdp'}`] : []),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ];
    phone.send(lines.join('\r\n'), dialog.peer);
    return branch;
  }

  sdp(direction = this.direction): string {
    this.direction = direction;
    const { ip } = this.phone;
    return [
      'v=0',
      `o=- 1 ${++this.sdpVersion} IN IP4 ${ip}`,
      's=-',
      `c=IN IP4 ${ip}`,
      't=0 0',
      `m=audio ${this.rtp.port} RTP/AVP 0`,
      'a=rtpmap:0 PCMU/8000',
      'a=ptime:20',
      `a=${direction}`,
      '',
    ].join('\r\n');
  }

  end(cause: string): void {
    if (this.state === 'ended') return;
    clearTimeout(this.resend);
    this.rtp.stop();
    this.endCause = cause;
    this.set('ended');
  }

  /** Puts the receiver down, whatever the state. */
  hangUp(): void {
    if (this.state === 'ended') return;
    if (this.dialog.outgoing && this.state !== 'answered') return this.cancel();
    if (!this.dialog.outgoing && this.state !== 'answered') return this.reject(486, 'Busy Here');
    this.request('BYE');
    this.end('local');
  }

  /** Gives up before the answer; the call ends when the exchange confirms it. */
  cancel(): void {
    const { phone, dialog } = this;
    phone.send(
      [
        `CANCEL ${dialog.target} SIP/2.0`,
        `Via: SIP/2.0/UDP ${phone.ip}:5060;branch=${this.branch};rport`,
        'Max-Forwards: 70',
        `From: ${dialog.local}`,
        `To: ${dialog.remote.replace(/;tag=.*/, '')}`,
        `Call-ID: ${dialog.callId}`,
        'CSeq: 1 CANCEL',
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
      dialog.peer,
    );
  }

  async hold(on = true): Promise<void> {
    const done = once(this, 'reinvited');
    this.request('INVITE', { body: this.sdp(on ? 'sendonly' : 'sendrecv') });
    await within(5000, `${this.phone.user}: hold`, done);
  }

  /** Keys pressed during the talk, as SIP INFO, a quarter of a second apart. */
  async press(keys: string): Promise<void> {
    for (const key of keys) {
      this.request('INFO', { type: 'application/dtmf-relay', body: `Signal=${key}\r\nDuration=160\r\n` });
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** Blind transfer; attended (or blonde, while it still rings) when `replaces` is another call of this phone. */
  refer(to: string, replaces?: SipCall): void {
    const { exchange, user, ip } = this.phone;
    const swap = replaces
      ? `?Replaces=${encodeURIComponent(`${replaces.dialog.callId};to-tag=${tagOf(replaces.dialog.remote)};from-tag=${tagOf(replaces.dialog.local)}`)}`
      : '';
    this.request('REFER', {
      headers: [
        `Refer-To: <sip:${to}@${exchange.address}:${exchange.port}${swap}>`,
        `Referred-By: <sip:${user}@${ip}>`,
      ],
    });
  }
}
