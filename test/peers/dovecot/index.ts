import { execFile, execFileSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../kit/free-port.ts';
import { dovecotConf, oauth2Conf } from './configuration.ts';

const run = promisify(execFile);

/** A real Dovecot on loopback, of this test alone. Any user may log in, with the password `secret`. */
export interface Dovecot {
  readonly host: '127.0.0.1';
  /** Plain and STARTTLS. */
  readonly port: number;
  /** TLS from the first byte. */
  readonly tlsPort: number;
  /** The server's own certificate, for `localhost` and 127.0.0.1. */
  readonly ca: string;
  /** Delivers a mail; `folder` as IMAP calls it. @returns the file it is in */
  deliver(user: string, mail: string | Uint8Array, folder?: string, at?: Date): string;
  /** A maildir of a user, as files. */
  maildir(user: string, folder?: string): string;
  /** A token with which the user may log in (XOAUTH2, OAUTHBEARER). */
  token(user: string, seconds?: number): string;
  /** @returns what doveadm printed */
  doveadm(...words: string[]): Promise<string>;
  log(): string;
  stop(): Promise<void>;
}

export async function startDovecot(): Promise<Dovecot> {
  const folder = mkdtempSync(join(tmpdir(), 'letopis-dovecot-'));
  chmodSync(folder, 0o755);
  const [imapPort, imapsPort] = [await freePort(), await freePort()];
  const who = owners();
  for (const inner of ['mail', 'run', 'state', 'keys/default/HS256'])
    mkdirSync(join(folder, inner), { recursive: true });
  makeCertificate(folder);
  const key = randomBytes(32);
  writeFileSync(join(folder, 'keys/default/HS256/default'), key.toString('base64'), { mode: 0o644 });
  writeFileSync(join(folder, 'oauth2.conf'), oauth2Conf(folder));
  const conf = join(folder, 'dovecot.conf');
  writeFileSync(conf, dovecotConf({ folder, imapPort, imapsPort, ...who }));
  const give = giverTo(who.mailUser);
  give(join(folder, 'mail'));
  execFileSync('dovecot', ['-c', conf], { stdio: 'ignore' }); // it goes on in the background

  await answers(imapPort);
  let delivered = 0;
  const known = new Set<string>();

  const maildir = (user: string, name = 'INBOX') => {
    const path = join(folder, 'mail', user, 'Maildir', name === 'INBOX' ? '' : `.${name.replaceAll('/', '.')}`);
    if (known.has(path)) return path;
    known.add(path);
    for (const inner of ['cur', 'new', 'tmp']) mkdirSync(join(path, inner), { recursive: true });
    for (const made of ['', 'Maildir']) give(join(folder, 'mail', user, made));
    for (const made of ['', 'cur', 'new', 'tmp']) give(join(path, made));
    return path;
  };
  return {
    host: '127.0.0.1',
    port: imapPort,
    tlsPort: imapsPort,
    ca: readFileSync(join(folder, 'cert.pem'), 'utf8'),
    maildir,
    deliver(user, mail, name, at = new Date()) {
      delivered += 1;
      const path = maildir(user, name);
      // Dovecot numbers new mails by their names: delivered later, numbered higher.
      const file = `${String(delivered).padStart(10, '0')}.M1P1.test`;
      const temporary = join(path, 'tmp', file);
      writeFileSync(temporary, mail);
      utimesSync(temporary, at, at); // what IMAP calls INTERNALDATE
      give(temporary);
      renameSync(temporary, join(path, 'new', file));
      return join(path, 'new', file);
    },
    token: (user, seconds = 3600) => signedToken(key, user, seconds),
    doveadm: async (...words) => (await run('doveadm', ['-c', conf, ...words])).stdout,
    log: () => readFileSync(join(folder, 'log'), 'utf8'),
    async stop() {
      const pid = Number(readFileSync(join(folder, 'run/master.pid'), 'utf8'));
      process.kill(pid);
      for (let n = 0; n < 100 && isAlive(pid); n++) await new Promise((resolve) => setTimeout(resolve, 50));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Owners = Pick<
  Parameters<typeof dovecotConf>[0],
  'mailUser' | 'mailGroup' | 'innerUser' | 'innerGroup' | 'loginUser'
>;

/** Root's mail is not delivered to root; without root everything is ours. */
function owners(): Owners {
  const { username } = userInfo();
  if (process.getuid?.() === 0)
    return {
      mailUser: 'nobody',
      mailGroup: 'nogroup',
      innerUser: 'dovecot',
      innerGroup: 'dovecot',
      loginUser: 'dovenull',
    };
  return { mailUser: username, mailGroup: username, innerUser: username, innerGroup: username, loginUser: username };
}

function giverTo(user: string): (path: string) => void {
  if (process.getuid?.() !== 0) return () => {};
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' })));
  return (path) => chownSync(path, uid ?? 0, gid ?? 0);
}

function makeCertificate(folder: string): void {
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync('openssl', [...made, ...names, ...files], { stdio: 'ignore' });
}

/** A JWT as Dovecot checks it by itself. */
function signedToken(key: Uint8Array, user: string, seconds: number): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: user, iat: now - 1, nbf: now - 1, exp: now + seconds })}`;
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
}

async function answers(port: number): Promise<void> {
  for (let n = 0; n < 100; n++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Dovecot does not answer on port ${port}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
