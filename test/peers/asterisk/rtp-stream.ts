import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';

/** G.711 µ-law noise in both directions: Asterisk sees media, so it neither times out nor mutes anything. */
export class RtpStream {
  port = 0;
  received = 0;
  private socket: dgram.Socket | null = null;
  private timer: NodeJS.Timeout | undefined;
  private far: { address: string; port: number } | null = null;

  async open(ip: string): Promise<void> {
    if (this.socket) return;
    const socket = dgram.createSocket('udp4');
    socket.on('message', () => this.received++);
    socket.on('error', () => {});
    socket.bind(0, ip);
    await once(socket, 'listening');
    this.socket = socket;
    this.port = socket.address().port;
  }

  /** Where to send: taken from the other side's session description. */
  learn(sdp: string): void {
    const address = /c=IN IP4 (\S+)/.exec(sdp)?.[1];
    const port = Number(/m=audio (\d+)/.exec(sdp)?.[1] ?? 0);
    if (address && port) this.far = { address, port };
  }

  start(): void {
    if (this.timer) return;
    const source = randomBytes(4).readUInt32BE();
    let sequence = 0;
    this.timer = setInterval(() => {
      if (!this.far || !this.socket) return;
      sequence++;
      const packet = Buffer.alloc(172, 0xff);
      packet[0] = 0x80;
      packet[1] = 0;
      packet.writeUInt16BE(sequence & 0xffff, 2);
      packet.writeUInt32BE((sequence * 160) >>> 0, 4);
      packet.writeUInt32BE(source, 8);
      for (let i = 12; i < 172; i++) packet[i] = 0x80 | ((i * 7 + sequence) & 0x3f);
      this.socket.send(packet, this.far.port, this.far.address, () => {});
    }, 20);
  }

  stop(): void {
    clearInterval(this.timer);
    this.socket?.close();
    this.socket = null;
  }
}
