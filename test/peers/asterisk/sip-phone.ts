import dgram from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { type Peer, SipCall } from './sip-call.ts';
import { headerOf, headersOf, newId, parseSip, type SipMessage, tagOf, uriOf } from './sip-message.ts';
import { sleep, within } from './wait.ts';

/** What a phone does when it is called: answer after a while, refuse with a SIP code, or (`{}`) ring for ever. */
export interface Reaction {
  readonly after?: number;
  readonly code?: number;
  readonly reason?: string;
  /** milliseconds before the refusal */
  readonly delay?: number;
  /** where a 302 sends the caller: a SIP URI */
  readonly contact?: string;
}

const allow = 'Allow: INVITE, ACK, CANCEL, BYE, REFER, NOTIFY, OPTIONS, INFO, UPDATE';

/**
 * A scripted SIP phone on a loopback address of its own. No registration, no password: the exchange tells the phones
 * apart by their address. The trunk is such a phone, too, only with many numbers.
 */
export class SipPhone extends EventEmitter {
  readonly user: string;
  readonly ip: string;
  readonly exchange: Peer;
  readonly calls = new Map<string, SipCall>();
  /** may look at the number that was dialled */
  react: Reaction | ((number: string) => Reaction) = { code: 480 };
  /** how the text of our messages becomes bytes; `latin1` lets a scenario send bytes that are no UTF-8 */
  encoding: BufferEncoding = 'utf8';
  private readonly socket = dgram.createSocket('udp4');

  constructor(options: { user: string; ip: string; exchange: Peer }) {
    super();
    this.setMaxListeners(0);
    this.user = options.user;
    this.ip = options.ip;
    this.exchange = options.exchange;
  }

  async start(): Promise<this> {
    this.socket.on('message', (bytes, from) => void this.receive(parseSip(bytes), from));
    this.socket.bind(5060, this.ip);
    await once(this.socket, 'listening');
    return this;
  }

  stop(): void {
    for (const call of this.calls.values()) call.end('stop');
    this.socket.close();
  }

  send(text: string, to: Peer): void {
    this.socket.send(Buffer.from(text, this.encoding), to.port, to.address, () => {});
  }

  /** The next call that arrives here. Ask before you cause it. */
  nextCall(fits: (call: SipCall) => boolean = () => true): Promise<SipCall> {
    const arrived = new Promise<SipCall>((resolve) => {
      const look = (call: SipCall): void => {
        if (!fits(call)) return;
        this.off('call', look);
        resolve(call);
      };
      this.on('call', look);
    });
    return within(40_000, `a call at ${this.user}`, arrived);
  }

  /** Places a call. `from`: user part or a whole name-addr. */
  async call(number: string, options: { from?: string; headers?: readonly string[] } = {}): Promise<SipCall> {
    const from = options.from?.includes('<') ? options.from : `<sip:${options.from ?? this.user}@${this.ip}>`;
    const { address, port } = this.exchange;
    const call = new SipCall(this, {
      callId: `${newId()}@${this.ip}`,
      cseq: 1,
      peer: this.exchange,
      outgoing: true,
      target: `sip:${number}@${address}:${port}`,
      local: `${from};tag=${newId()}`,
      remote: `<sip:${number}@${address}>`,
    });
    this.calls.set(call.dialog.callId, call);
    await call.rtp.open(this.ip);
    call.set('calling');
    call.branch = call.request('INVITE', { headers: options.headers ?? [], body: call.sdp(), cseq: 1 });
    return call;
  }

  private reply(
    to: SipMessage,
    peer: Peer,
    code: number,
    reason: string,
    extra: { body?: string; tag?: string; contact?: string } = {},
  ): void {
    const remote = headerOf(to, 'to') ?? '';
    const body = extra.body ?? '';
    const lines = [
      `SIP/2.0 ${code} ${reason}`,
      ...headersOf(to, 'via').map((value) => `Via: ${value}`),
      ...headersOf(to, 'record-route').map((value) => `Record-Route: ${value}`),
      `From: ${headerOf(to, 'from')}`,
      `To: ${extra.tag && !tagOf(remote) ? `${remote};tag=${extra.tag}` : remote}`,
      `Call-ID: ${to.callId}`,
      `CSeq: ${headerOf(to, 'cseq')}`,
      `Contact: <${extra.contact ?? `sip:${this.user}@${this.ip}:5060`}>`,
      allow,
      ...(body ? ['Content-Type: application/sdp'] : []),
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ];
    this.send(lines.join('\r\n'), peer);
  }

  private async receive(message: SipMessage, peer: Peer): Promise<void> {
    const call = this.calls.get(message.callId);
    if (message.method === null) return call && this.receiveReply(call, message);
    switch (message.method) {
      case 'INVITE':
        if (!call) return this.ring(message, peer);
        call.rtp.learn(message.body);
        if (call.state === 'answered') this.reply(message, peer, 200, 'OK', { tag: call.tag, body: call.sdp() });
        return;
      case 'ACK':
        return clearTimeout(call?.resend);
      case 'CANCEL':
        this.reply(message, peer, 200, 'OK');
        if (call?.state === 'ringing' && call.invite) {
          this.reply(call.invite, peer, 487, 'Request Terminated', { tag: call.tag });
          call.end('cancelled');
        }
        return;
      case 'BYE':
        this.reply(message, peer, 200, 'OK');
        return call?.end('remote');
      case 'NOTIFY': {
        this.reply(message, peer, 200, 'OK');
        const status = /SIP\/2\.0 (\d+)/.exec(message.body)?.[1];
        if (call && status) call.referStatus = Number(status);
        return;
      }
      default:
        return this.reply(message, peer, 200, 'OK');
    }
  }

  private async ring(invite: SipMessage, peer: Peer): Promise<void> {
    const tag = newId();
    const call = new SipCall(this, {
      callId: invite.callId,
      cseq: 100,
      peer: { address: peer.address, port: peer.port },
      outgoing: false,
      target: uriOf(headerOf(invite, 'contact')),
      local: `${headerOf(invite, 'to')};tag=${tag}`,
      remote: headerOf(invite, 'from') ?? '',
    });
    call.invite = invite;
    call.tag = tag;
    call.rtp.learn(invite.body);
    this.calls.set(invite.callId, call);
    this.reply(invite, peer, 100, 'Trying');
    const number = /sip:([^@]+)@/.exec(invite.start)?.[1] ?? '';
    const reaction = typeof this.react === 'function' ? this.react(number) : this.react;
    call.reject = (code, reason) => {
      this.reply(invite, peer, code, reason, { tag, ...(reaction.contact ? { contact: reaction.contact } : {}) });
      call.end(`rejected ${code}`);
    };
    if (reaction.code) {
      if (reaction.delay) await sleep(reaction.delay);
      call.reject(reaction.code, reaction.reason ?? 'Rejected');
      this.emit('call', call);
      return;
    }
    await call.rtp.open(this.ip);
    this.reply(invite, peer, 180, 'Ringing', { tag });
    call.set('ringing');
    this.emit('call', call);
    call.answer = () => {
      if (call.state !== 'ringing') return;
      const body = call.sdp();
      const ok = (): void => this.reply(invite, peer, 200, 'OK', { tag, body });
      ok();
      call.resend = setTimeout(ok, 500);
      call.set('answered');
      call.rtp.start();
    };
    if (reaction.after !== undefined) setTimeout(call.answer, reaction.after);
  }

  private receiveReply(call: SipCall, reply: SipMessage): void {
    if (reply.cseqMethod !== 'INVITE' || reply.status < 180) return;
    const { dialog } = call;
    if (reply.status < 200) {
      // the early tag is what a blonde transfer's Replaces needs
      if (tagOf(headerOf(reply, 'to'))) dialog.remote = headerOf(reply, 'to') ?? dialog.remote;
      if (call.state === 'calling' && (reply.status === 180 || reply.status === 183)) call.set('ringing');
      if (reply.body) call.rtp.learn(reply.body);
      return;
    }
    if (reply.status < 300) {
      dialog.remote = headerOf(reply, 'to') ?? dialog.remote;
      dialog.target = uriOf(headerOf(reply, 'contact')) || dialog.target;
      call.rtp.learn(reply.body);
      call.request('ACK', { cseq: reply.cseq });
      if (call.state === 'answered') return void call.emit('reinvited');
      if (call.state === 'ended') return void call.request('BYE');
      call.rtp.start();
      return call.set('answered');
    }
    // ACK to a failure repeats the branch of the INVITE (RFC 3261, 17.1.1.3)
    this.send(
      [
        `ACK ${dialog.target} SIP/2.0`,
        `Via: SIP/2.0/UDP ${this.ip}:5060;branch=${call.branch};rport`,
        'Max-Forwards: 70',
        `From: ${dialog.local}`,
        `To: ${headerOf(reply, 'to')}`,
        `Call-ID: ${dialog.callId}`,
        `CSeq: ${reply.cseq} ACK`,
        'Content-Length: 0',
        '',
        '',
      ].join('\r\n'),
      dialog.peer,
    );
    if (call.state === 'answered') return void call.emit('reinvited');
    call.code = reply.status;
    call.end(`failed ${reply.status}`);
  }
}
