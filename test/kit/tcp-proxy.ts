import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Cuts every connection without a word and refuses new ones for so long, as a network that is gone. */
  cut(forMs: number): void;
  /** From now on not a byte comes through, and nobody is told: a cable that was pulled out. */
  freeze(): void;
  stop(): Promise<void>;
}

/**
 * A network between a connector and a real server that a test can cut. Listens on loopback.
 * @param overhear is told what is said to the server
 */
export async function startTcpProxy(
  target: { readonly host: string; readonly port: number },
  overhear: (bytes: Buffer) => void = () => {},
): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let backAt = 0;
  let isFrozen = false;
  const server = createServer((socket) => {
    if (performance.now() < backAt) return void socket.destroy();
    const onward = connect(target);
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      if (one === socket) one.on('data', overhear);
      open.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.on('data', (bytes: Buffer) => {
        if (!isFrozen && other.writable && !other.write(bytes)) {
          one.pause();
          other.once('drain', () => one.resume());
        }
      });
      one.on('end', () => {
        if (!isFrozen) other.end();
      });
    }
  });
  const cutAll = () => {
    for (const socket of open) socket.destroy();
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut(forMs) {
      backAt = performance.now() + forMs;
      cutAll();
    },
    freeze() {
      isFrozen = true;
    },
    stop() {
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
