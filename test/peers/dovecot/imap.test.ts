import { afterAll, beforeAll, expect, test } from 'vitest';
import { Config } from '../../../connectors/imap/config.ts';
import { imap } from '../../../connectors/imap/connector.ts';
import { Keeping } from '../../../src/mailbox/kept.fixture.ts';
import { describePeer } from '../../kit/peer.ts';
import { eventually } from '../../kit/session.ts';
import { type Dovecot, startDovecot } from './index.ts';
import { clientMail } from './mails.ts';

describePeer('dovecot', 'a mailbox on a real Dovecot', () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await startDovecot();
  });
  afterAll(() => dovecot?.stop());

  const configFor = (user: string, more: Readonly<Record<string, unknown>> = {}) =>
    Config.parse({
      scope: 'all',
      host: dovecot.host,
      port: dovecot.port,
      user,
      auth: { password: 'secret' },
      tls: 'none',
      ...more,
    });

  function start(keeping: Keeping, user: string, more: Readonly<Record<string, unknown>> = {}) {
    let heard = () => {};
    const listening = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const session = keeping.session(configFor(user, more), { listening: () => heard() });
    const ended = imap.run(session).then(
      () => null,
      (error: unknown) => error,
    );
    const stop = () => {
      session.stop();
      return ended;
    };
    return { listening: Promise.race([listening, ended]), ended, stop };
  }

  test('what is there is taken newest first, what comes is told by the server at once', async () => {
    const keeping = new Keeping();
    for (let n = 1; n <= 5; n++) dovecot.deliver('u1', clientMail(n));
    const session = start(keeping, 'u1');
    await session.listening;
    await eventually('five mails', () => keeping.kept.length === 5);
    expect(keeping.subjects).toEqual([5, 4, 3, 2, 1].map((n) => `mail ${n}`));
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
    expect(await session.stop()).toBeNull();
  });
});
