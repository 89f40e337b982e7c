import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';

/**
 * One daemon for one data folder, told by a local socket that only one process can listen on. On Linux an abstract one, which
 * the kernel takes back however the process ends; its name grows from the folder's password, so no other local user can
 * guess it. Elsewhere a socket file, taken over when nobody answers on it.
 *
 * @returns null when another process has the folder, else what gives it free
 */
export async function claim(dataDir: string, secret: string): Promise<(() => Promise<void>) | null> {
  // the path too: a copy of the folder is another folder
  const name = createHash('sha256')
    .update(`${secret}\n${await realpath(dataDir)}`)
    .digest('hex')
    .slice(0, 40);
  const address = process.platform === 'linux' ? `\0letopis-${name}` : path.join(dataDir, 'daemon.sock');
  if (process.platform !== 'linux' && !(await answers(address))) await rm(address, { force: true });
  const server = net.createServer((socket) => socket.destroy());
  const listening = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error) => ('code' in error && error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(address, () => resolve(true));
  });
  if (!listening) return null;
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** A loopback port nobody listens on now: the remembered one while it is free, so that a restart keeps the URL. */
export async function freePort(remembered: number | null): Promise<number> {
  if (remembered !== null && (await tryPort(remembered)) !== null) return remembered;
  const port = await tryPort(0);
  if (port === null) throw new Error('no free loopback port');
  return port;
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
