import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Keeping } from '../../../src/mailbox/kept.fixture.ts';
import { clientMail } from '../../kit/client-mail.ts';
import { listenTo as listenOn, type MailboxSession, stopAfterEach } from '../../kit/imap-session.ts';
import { describePeer } from '../../kit/peer.ts';
import { eventually } from '../../kit/session.ts';
import { startTcpProxy } from '../../kit/tcp-proxy.ts';
import { type Dovecot, startDovecot } from './index.ts';

stopAfterEach();
const mails = (...numbers: number[]) => numbers.map((n) => `mail ${n}`);
const mb = 1024 * 1024;

describePeer('dovecot', 'a mailbox on a real Dovecot', () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
  });
  afterAll(() => dovecot?.stop());

  function listenTo(
    user: string,
    keeping = new Keeping(),
    options: Readonly<Record<string, unknown>> = {},
    through?: Parameters<typeof listenOn>[3],
  ): MailboxSession {
    return listenOn(dovecot, keeping, { user, auth: { password: 'secret' }, ...options }, through);
  }
  const fill = (user: string, from: number, to: number) => {
    for (let n = from; n <= to; n++) dovecot.deliver(user, clientMail(n));
  };

  describe('what comes', () => {
    test('is told by the server at once; what was there is taken newest first', async () => {
      fill('u1', 1, 5);
      const { keeping } = listenTo('u1', new Keeping(), { poll: 300 });
      await eventually('five mails', () => keeping.kept.length === 5);
      expect(keeping.subjects).toEqual(mails(5, 4, 3, 2, 1));
      const since = performance.now();
      dovecot.deliver('u1', clientMail(6));
      await eventually('the sixth', () => keeping.kept.length === 6);
      expect(performance.now() - since).toBeLessThan(3000);
      expect(keeping.kept.at(-1)).toMatchObject({
        identity: expect.stringMatching(/^imap:u1@127\.0\.0\.1:INBOX:\d+:6$/),
        folder: 'INBOX',
        cut: null,
        asks: true,
        isSure: true,
      });
      expect(keeping.kept.at(-1)?.text).toBe(clientMail(6));
    });

    test('no flag is changed, none is relied upon', async () => {
      fill('flags', 1, 4);
      await dovecot.doveadm('flags', 'add', '-u', 'flags', '\\Seen \\Answered', 'mailbox', 'INBOX', '2:3');
      const flags = () => dovecot.doveadm('fetch', '-u', 'flags', 'uid flags', 'mailbox', 'INBOX');
      const before = await flags();
      const { keeping, stop } = listenTo('flags');
      await eventually('four', () => keeping.kept.length === 4);
      await stop();
      expect(await flags()).toBe(before);
      expect(before.match(/\\Seen/g)).toHaveLength(2);
      expect(before.match(/\\Recent/g)).toHaveLength(4);
    });

    test('in several folders, by name and by use; every folder but junk', async () => {
      dovecot.deliver('many', clientMail(1));
      await dovecot.doveadm('mailbox', 'create', '-u', 'many', 'Клиенты');
      dovecot.deliver('many', clientMail(2), 'Sent');
      dovecot.deliver('many', clientMail(3), 'Junk');
      await dovecot.doveadm('copy', '-u', 'many', 'Клиенты', 'mailbox', 'INBOX');
      const { keeping, ended } = listenTo('many', new Keeping(), { folders: ['INBOX', '\\Sent', 'Клиенты'] });
      await Promise.race([ended, eventually('three', () => keeping.kept.length === 3)]);
      expect(keeping.kept.map(({ folder }) => folder).sort()).toEqual(['INBOX', 'Sent', 'Клиенты']);
      dovecot.deliver('many', clientMail(4), 'Sent');
      await eventually('the sent one', () => keeping.subjects.includes('mail 4'));
      const all = listenTo('many', new Keeping(), { folders: ['*'] });
      await eventually('all', () => all.keeping.kept.length === 4);
      expect(all.keeping.kept.map(({ folder }) => folder)).not.toContain('Junk');
    });

    test('a catch-up goes on where it was cut off, new mail comes first, and mails may be deleted meanwhile', async () => {
      fill('many-mails', 1, 900);
      const keeping = new Keeping();
      const first = listenTo('many-mails', keeping);
      await eventually('some', () => keeping.kept.length >= 200);
      await first.stop();
      const before = keeping.kept.length;
      expect(before).toBeLessThan(900);
      dovecot.deliver('many-mails', clientMail(901));
      await dovecot.doveadm('expunge', '-u', 'many-mails', 'mailbox', 'INBOX', 'uid', '100:149');
      let expunged: Promise<unknown> | null = null;
      const second = listenTo('many-mails', keeping, {}, (session) => ({
        ...session,
        keep: async (some, position) => {
          // in the middle of it
          expunged ??= dovecot.doveadm('expunge', '-u', 'many-mails', 'mailbox', 'INBOX', 'uid', '1:20');
          await expunged;
          return session.keep(some, position);
        },
      }));
      await eventually('the rest', () => keeping.kept.length >= 831, 20_000);
      await second.stop();
      expect(keeping.subjects[0]).toBe('mail 900');
      expect(keeping.subjects[before]).toBe('mail 901');
      expect(new Set(keeping.subjects).size).toBe(keeping.kept.length);
      expect(keeping.setAside).toEqual([]);
      expect(keeping.subjects).toContain('mail 21');
      expect(JSON.parse(keeping.position ?? '')).toMatchObject({ folders: { INBOX: { todo: [], troubled: [] } } });
    });

    test('numbered anew (UIDVALIDITY): looked at once more, asking nobody', async () => {
      fill('anew', 1, 3);
      const keeping = new Keeping();
      const first = listenTo('anew', keeping);
      await eventually('three', () => keeping.kept.length === 3);
      await first.stop();
      await dovecot.doveadm('mailbox', 'update', '-u', 'anew', '--uid-validity', '4711', 'INBOX');
      const second = listenTo('anew', keeping);
      await eventually('once more', () => keeping.kept.length === 6);
      expect(keeping.kept.slice(3).map(({ asks, identity }) => [asks, identity.split(':').slice(2)])).toEqual([
        [false, ['INBOX', '4711', '3']],
        [false, ['INBOX', '4711', '2']],
        [false, ['INBOX', '4711', '1']],
      ]);
      dovecot.deliver('anew', clientMail(4));
      await eventually('a new one', () => keeping.kept.length === 7);
      expect(keeping.kept.at(-1)?.asks).toBe(true);
      await second.stop();
    });

    test('HIGHESTMODSEQ is kept: where nothing happened a reconnect and a poll ask a folder once, and then nothing', async () => {
      dovecot.deliver('quiet', clientMail(1));
      dovecot.deliver('quiet', clientMail(2), 'Sent');
      const keeping = new Keeping();
      const folders = { folders: ['INBOX', 'Sent'] };
      const first = listenTo('quiet', keeping, folders);
      await eventually('both', () => keeping.kept.length === 2);
      await first.stop();
      const status = (await dovecot.doveadm('mailbox', 'status', '-u', 'quiet', 'highestmodseq', 'INBOX')).trim();
      expect(keeping.position).toContain(`"modseq":"${/highestmodseq=(\d+)/.exec(status)?.[1]}"`);

      let said = '';
      const proxy = await startTcpProxy(dovecot, (bytes) => {
        said += bytes.toString('latin1');
      });
      const asked = () => [...said.matchAll(/^\S+ ((?:EXAMINE|STATUS|UID) .*?)\r$/gm)].map((found) => found[1]);
      const look = ['EXAMINE Sent', 'EXAMINE INBOX'];
      const poll = 'STATUS Sent (UIDNEXT UIDVALIDITY HIGHESTMODSEQ)';
      try {
        const second = listenTo('quiet', keeping, { ...folders, port: proxy.port });
        await eventually('two polls', () => asked().length >= 6);
        expect(asked().slice(0, 6)).toEqual([...look, poll, 'EXAMINE INBOX', poll, 'EXAMINE INBOX']);

        const before = asked().length;
        await dovecot.doveadm('flags', 'add', '-u', 'quiet', '\\Flagged', 'mailbox', 'Sent', '1');
        await eventually('the flag', () => asked().slice(before).includes('EXAMINE Sent'));
        // Put into its files behind Dovecot's back: STATUS may not tell of it, the next thorough look does.
        dovecot.deliver('quiet', clientMail(3), 'Sent');
        await eventually('the new one', () => keeping.kept.length === 3, 40_000);
        await second.stop();
      } finally {
        await proxy.stop();
      }
      expect([keeping.subjects.at(-1), keeping.kept.at(-1)?.asks, keeping.duplicates]).toEqual(['mail 3', true, 0]);

      // As written by a version that kept none.
      keeping.position = keeping.position?.replaceAll(/,"modseq":"\d+"/g, '') ?? null;
      dovecot.deliver('quiet', clientMail(4));
      const third = listenTo('quiet', keeping, folders);
      await eventually('the fourth', () => keeping.subjects.at(-1) === 'mail 4');
      await third.stop();
      expect([keeping.kept.length, keeping.kept.at(-1)?.asks, keeping.duplicates]).toEqual([4, true, 0]);
      expect(keeping.logged.map(({ msg }) => msg)).not.toContain('imap.folder_renumbered');
    });

    test('a mail of 48 MB goes through in pieces: it is never in memory', async () => {
      const mail = clientMail(1, { bytes: 48 * mb });
      dovecot.deliver('large', mail);
      let received = 0;
      let most = 0;
      const collect = garbageCollector();
      collect();
      const before = process.memoryUsage().arrayBuffers;
      const { ended, stop } = listenTo('large', new Keeping(), {}, (session) => ({
        ...session,
        keep: async (some) => {
          for (const { bytes } of some)
            if (!(bytes instanceof Uint8Array))
              for await (const piece of bytes) {
                received += piece.byteLength;
                collect(); // what nobody holds any more is not counted
                most = Math.max(most, process.memoryUsage().arrayBuffers - before);
              }
          return some.map(() => 'stored' as const);
        },
      }));
      await Promise.race([ended, eventually('all of it', () => received >= mail.length, 60_000)]);
      await stop();
      expect(received).toBe(mail.length);
      expect(most).toBeLessThan(12 * mb);
    });
  });

  describe('who is let in', () => {
    test('with a token, XOAUTH2 or OAUTHBEARER, had from a token server', async () => {
      dovecot.deliver('tokens', clientMail(1));
      const { server, url } = await tokenServer(() => dovecot.token('tokens'));
      try {
        const oauth2 = { clientId: 'id', clientSecret: 'hush', tokenUrl: url };
        const { keeping, ended } = listenTo('tokens', new Keeping(), { auth: { oauth2 } });
        await Promise.race([ended, eventually('it', () => keeping.kept.length === 1)]);
        expect(keeping.kept).toHaveLength(1);
        const wrong = listenTo('somebody-else', new Keeping(), { auth: { oauth2: { ...oauth2 } } });
        expect(await wrong.ended).toMatchObject({ code: 'imap.login_refused', remedy: 'reconfigure' });
      } finally {
        server.close();
      }
    });

    test('not with a wrong password', async () => {
      const { ended } = listenTo('u1', new Keeping(), { auth: { password: 'wrong' } });
      const facts = { answer: 'AUTHENTICATIONFAILED', cure: expect.any(String) };
      expect(await ended).toMatchObject({ code: 'imap.login_refused', remedy: 'reconfigure', facts });
    });

    const secure = (tls: string, more: object) => ({
      host: 'localhost',
      port: tls === 'implicit' ? dovecot.tlsPort : dovecot.port,
      tls,
      ...more,
    });
    test.each(['implicit', 'starttls'])(
      'encrypted (%s), by an authority of our own; not by another one',
      async (tls) => {
        const user = `secure-${tls}`;
        dovecot.deliver(user, clientMail(1));
        const { keeping, ended } = listenTo(user, new Keeping(), secure(tls, { ca: dovecot.ca }));
        await Promise.race([ended, eventually('it', () => keeping.kept.length === 1)]);
        expect(keeping.kept).toHaveLength(1);
        const refused = { code: 'imap.tls_refused', remedy: 'reconfigure' };
        expect(await listenTo(user, new Keeping(), secure(tls, {})).ended).toMatchObject(refused);
        expect(await listenTo(user, new Keeping(), secure(tls, { ca: otherAuthority() })).ended).toMatchObject(refused);
        const trusting = listenTo(user, new Keeping(), secure(tls, { insecure: true }));
        await eventually('it', () => trusting.keeping.kept.length === 1);
      },
    );

    test('TLS where none is spoken, none where TLS is', async () => {
      const plain = listenTo('u1', new Keeping(), { port: dovecot.port, tls: 'implicit' });
      expect(await plain.ended).toMatchObject({ code: 'imap.tls_refused' });
      const deaf = listenTo('u1', new Keeping(), { port: dovecot.tlsPort, tls: 'none' });
      expect(await deaf.ended).toMatchObject({ remedy: 'retry' });
    });
  });

  test.each([
    ['a network that lets nothing through any more is noticed', 'freeze', 'imap.silent'],
    ['a cut is noticed at once', 'cut', 'imap.connection_lost'],
  ] as const)('%s', async (_story, what, code) => {
    const proxy = await startTcpProxy(dovecot);
    try {
      const { listening, ended } = listenTo('u1', new Keeping(), { port: proxy.port });
      await listening;
      await new Promise((resolve) => setTimeout(resolve, 100));
      const since = performance.now();
      proxy[what](1000);
      expect(await ended).toMatchObject({ code, remedy: 'retry' });
      expect(performance.now() - since).toBeLessThan(5000); // ten times as fast as real time
    } finally {
      await proxy.stop();
    }
  });
});

async function tokenServer(token: () => string) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ access_token: token(), expires_in: 3600 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  return { server, url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/token` };
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('no gc');
  return () => void collect();
}

/** A certificate that has nothing to do with the server's. */
function otherAuthority(): string {
  const folder = mkdtempSync(join(tmpdir(), 'letopis-ca-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const text = readFileSync(cert, 'utf8');
  rmSync(folder, { recursive: true });
  return text;
}
