import { describe, expect, test } from 'vitest';
import { Keeping } from '../../src/mailbox/kept.fixture.ts';
import { clientMail } from '../../test/kit/client-mail.ts';
import { listenTo, serverThat, stopAfterEach } from '../../test/kit/imap-session.ts';
import type { ImapScript, ScriptedImap } from '../../test/kit/scripted-imap.ts';
import { eventually } from '../../test/kit/session.ts';

stopAfterEach();

const fill = (server: ScriptedImap, count: number) => {
  for (let n = 1; n <= count; n++) server.add(clientMail(n));
};
const answering = (pattern: RegExp, answer: string): ImapScript => ({
  answer: ({ text }) => (pattern.test(text) ? answer : undefined),
});

describe('what the server says', () => {
  test.each([
    ['BYE instead of a greeting', { greeting: '* BYE too many connections' }, 'imap.busy', 'retry'],
    ['no mail server', { greeting: 'SSH-2.0-OpenSSH_9.2' }, 'imap.silent', 'retry'],
    ['login: wrong', answering(/^LOGIN/, 'TAG NO [AUTHENTICATIONFAILED] no'), 'imap.login_refused', 'reconfigure'],
    ['login: no', answering(/^LOGIN/, 'TAG NO LOGIN failed.'), 'imap.login_refused', 'reconfigure'],
    [
      'login: expired',
      answering(/^LOGIN/, 'TAG NO [EXPIRED] new password needed'),
      'imap.login_refused',
      'reconfigure',
    ],
    ['login: not allowed', answering(/^LOGIN/, 'TAG NO [AUTHORIZATIONFAILED] no'), 'imap.login_refused', 'reconfigure'],
    ['login: disabled', { capabilities: 'IMAP4rev1 LOGINDISABLED' }, 'imap.login_refused', 'reconfigure'],
    ['login: not now', answering(/^LOGIN/, 'TAG NO [UNAVAILABLE] try later'), 'imap.busy', 'retry'],
    ['login: Gmail', answering(/^LOGIN/, 'TAG NO [ALERT] Too many simultaneous connections.'), 'imap.busy', 'retry'],
    ['login: cut', answering(/^LOGIN/, 'cut'), 'imap.connection_lost', 'retry'],
    ['login: BYE', answering(/^LOGIN/, '* BYE shutting down'), 'imap.busy', 'retry'],
    ['login: silence', answering(/^LOGIN/, 'silence'), 'imap.silent', 'retry'],
    ['folder: in use', answering(/^EXAMINE/, 'TAG NO [INUSE] locked'), 'imap.busy', 'retry'],
    ['folder: bug', answering(/^EXAMINE/, 'TAG NO [SERVERBUG] oops'), 'imap.busy', 'retry'],
    ['folder: no', answering(/^EXAMINE/, 'TAG NO what?'), 'imap.refused', 'retry'],
    ['every fetch: no', answering(/^UID FETCH/, 'TAG NO sorry'), 'imap.refused', 'retry'],
    ['every fetch: limit', answering(/^UID FETCH/, 'TAG NO [LIMIT] slowly'), 'imap.busy', 'retry'],
    ['search: no', answering(/^UID SEARCH/, 'TAG BAD what?'), 'imap.refused', 'retry'],
    ['fetch: silence', answering(/^UID FETCH/, 'silence'), 'imap.silent', 'retry'],
    ['fetch: BYE', answering(/^UID FETCH/, '* BYE [UNAVAILABLE] going down'), 'imap.busy', 'retry'],
  ] as const)('%s', async (_story, script, code, remedy) => {
    const server = await serverThat(script);
    fill(server, 300);
    const { ended, keeping } = listenTo(server);
    expect(await ended).toMatchObject({ name: 'Fault', code, remedy });
    expect(keeping.kept).toEqual([]);
    expect(JSON.stringify(await ended)).not.toContain('tr0ub4dor');
  });

  test('a folder that is not there: the ones that are there are named', async () => {
    const server = await serverThat();
    server.folder('Gesendet');
    const { ended } = listenTo(server, new Keeping(), { folders: ['INBOX', 'Sendt'] });
    const facts = { folder: 'Sendt', cure: expect.stringContaining('Gesendet') };
    expect(await ended).toMatchObject({ code: 'imap.no_such_folder', remedy: 'reconfigure', facts });
  });

  test('a folder that cannot be opened stops no other, is told of once, and is taken when it opens', async () => {
    let isShut = true;
    const server = await serverThat({
      answer: ({ text }) => (isShut && /^EXAMINE "?Old/.test(text) ? 'TAG NO index is damaged' : undefined),
    });
    server.add(clientMail(1), { folder: 'Old' });
    server.add(clientMail(2));
    const { keeping } = listenTo(server, new Keeping(), { folders: ['INBOX', 'Old'] });
    const tries = () => server.commands.filter((text) => /^EXAMINE "?Old/.test(text)).length;
    await eventually('the other', () => keeping.subjects.includes('mail 2'));
    await eventually('a second look', () => tries() >= 3);
    expect(keeping.logged.filter(({ msg }) => msg === 'imap.folder_refused')).toHaveLength(1);
    isShut = false;
    await eventually('it', () => keeping.subjects.includes('mail 1'));
  });

  test('the folder that is listened to cannot be opened: the others are taken, then IT hears of it', async () => {
    const server = await serverThat(answering(/^EXAMINE "?INBOX/, 'TAG NO index is damaged'));
    server.add(clientMail(1), { folder: 'Old' });
    const { keeping, ended } = listenTo(server, new Keeping(), { folders: ['INBOX', 'Old'] });
    expect(await ended).toMatchObject({ code: 'imap.refused', remedy: 'retry' });
    expect(keeping.subjects).toEqual(['mail 1']);
  });

  test('no STARTTLS offered, or somebody took it away: nobody logs in', async () => {
    const server = await serverThat();
    const { ended } = listenTo(server, new Keeping(), { tls: 'starttls' });
    expect(await ended).toMatchObject({ code: 'imap.tls_refused', remedy: 'reconfigure' });
    expect(server.commands.join(' ')).not.toContain('LOGIN');
  });

  test('nobody there', async () => {
    const server = await serverThat();
    await server.stop();
    expect(await listenTo(server).ended).toMatchObject({ code: 'imap.unreachable', remedy: 'retry' });
  });

  test.each([
    ['BYE while it listens', (server: ScriptedImap) => server.say('* BYE see you'), 'imap.busy'],
    ['a silent death while it listens', (server: ScriptedImap) => server.fallSilent(), 'imap.silent'],
    ['a cut while it listens', (server: ScriptedImap) => server.cut(), 'imap.connection_lost'],
  ])('%s', async (_story, happens, code) => {
    const server = await serverThat();
    const { listening, ended } = listenTo(server);
    await listening;
    await eventually('it idles', () => server.commands.includes('IDLE'));
    happens(server);
    expect(await ended).toMatchObject({ name: 'Fault', remedy: 'retry', code });
  });
});

// With an exclusion the header is asked for first, without one header and mail come together.
describe.each([
  ['mails with their headers', {}],
  ['headers first', { exclude: { addresses: ['nobody@nowhere.example'] } }],
])('one mail that cannot be fetched: %s', (_way, options) => {
  const refusing = (...uids: readonly number[]): ImapScript => ({
    answer: ({ text }) => {
      const [, set = '', isBody] = /^UID FETCH (\S+) .*BODY\.PEEK\[(\])?/.exec(text) ?? [];
      const isIn = set.split(',').some((part) => {
        const [from = 0, to = from] = part.split(':').map(Number);
        return uids.some((uid) => from <= uid && uid <= to);
      });
      return isIn && isBody !== undefined ? 'TAG NO message is damaged' : undefined;
    },
  });

  test('the others are taken; it is tried again, then set aside with its identity, and never asked for again', async () => {
    const server = await serverThat(refusing(3));
    fill(server, 5);
    const { keeping } = listenTo(server, new Keeping(), options);
    await eventually('the others', () => keeping.kept.length === 4);
    const fault = { code: 'imap.mail_unreadable', raw: expect.stringMatching(/:INBOX:1700000000:3$/) };
    await eventually('it is set aside', () => keeping.setAside.length === 1, 12_000);
    expect(keeping.setAside).toEqual([fault]);
    server.add(clientMail(6));
    await eventually('life goes on', () => keeping.subjects.includes('mail 6'));
    const asked = server.commands.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(server.commands.slice(asked).filter((one) => one.startsWith('UID FETCH'))).toEqual([]);
  });

  test('two that come together stop nobody', async () => {
    const server = await serverThat(refusing(4, 5));
    fill(server, 3);
    const { keeping } = listenTo(server, new Keeping(), options);
    await eventually('the first', () => keeping.kept.length === 3);
    server.folder().add(clientMail(4));
    server.add(clientMail(5));
    await eventually('they are set aside', () => keeping.setAside.length === 2, 12_000);
    server.add(clientMail(6));
    await eventually('life goes on', () => keeping.subjects.includes('mail 6'));
  });

  test('a server that is ill is waited for: no mail is given up', async () => {
    const server = await serverThat(answering(/^UID FETCH .*BODY\.PEEK\[\]/, 'TAG NO [SERVERBUG] Internal error'));
    const keeping = new Keeping();
    const { listening } = listenTo(server, keeping, options);
    await listening;
    for (const n of [1, 2]) {
      server.add(clientMail(n));
      await eventually('a try', () => server.commands.some((one) => one.startsWith(`UID FETCH ${n} `)));
    }
    const tries = () => server.commands.filter((one) => /^UID FETCH 2 .*BODY\.PEEK\[\]/.test(one)).length;
    await eventually('many tries', () => tries() >= 8, 12_000);
    expect(keeping.setAside).toEqual([]);
    expect(keeping.kept).toEqual([]);
  });

  test('one whose answer cannot be read is told, not lost in silence', async () => {
    const server = await serverThat({
      answer: ({ text }, usual) => {
        if (!/^UID FETCH (\S*2\S*|1:3) .*BODY\.PEEK\[/.test(text)) return undefined;
        return usual().replace('* 2 FETCH (UID 2', '* 2 FETCH (UID 2 (((');
      },
    });
    fill(server, 3);
    const { keeping } = listenTo(server, new Keeping(), options);
    await eventually('the others', () => keeping.kept.length === 2);
    await eventually('it is set aside', () => keeping.setAside.length === 1, 12_000);
    expect(keeping.subjects).toEqual(['mail 3', 'mail 1']);
  });

  test.each(['cut', '* BYE [SERVERBUG] FETCH failed'])(
    'one that ends the connection (%s) whenever it is fetched stops nobody for ever',
    async (end) => {
      const server = await serverThat({
        answer: ({ text, folder }) => {
          const [, set = '', isBody] = /^UID FETCH (\S+) .*BODY\.PEEK\[(\])?/.exec(text) ?? [];
          if (isBody === undefined || folder === null) return undefined;
          const [from = 0, to = from] = set.split(':').map(Number);
          return from <= 4 && 4 <= to ? end : undefined;
        },
      });
      fill(server, 8);
      const keeping = new Keeping();
      let sessions = 0;
      for (; sessions < 12 && keeping.setAside.length === 0; sessions++) {
        const session = listenTo(server, keeping, options);
        await Promise.race([session.ended, eventually('an end', () => keeping.setAside.length > 0, 10_000)]);
        await session.stop();
      }
      expect(keeping.setAside).toMatchObject([{ code: 'imap.mail_unreadable' }]);
      expect(new Set(keeping.subjects)).toEqual(new Set([1, 2, 3, 5, 6, 7, 8].map((n) => `mail ${n}`)));
      expect(sessions).toBeLessThanOrEqual(8);
    },
  );

  test('a server that sends whole mails where parts are asked for', async () => {
    const server = await serverThat({ ignoresPartial: true });
    const sizes = [1_500_000, 200, 3_500_000];
    for (const [n, bytes] of sizes.entries()) server.add(clientMail(n, { bytes }));
    const keeping = new Keeping();
    for (let n = 0; n < 8 && keeping.setAside.length === 0; n++) {
      const session = listenTo(server, keeping, { largestMb: 2, ...options });
      await Promise.race([session.ended, eventually('an end', () => keeping.setAside.length > 0, 10_000)]);
      await session.stop();
    }
    expect(keeping.kept.map(({ text }) => text.length)).toEqual(
      [200, 1_500_000].map((bytes, i) => clientMail(1 - i, { bytes }).length),
    );
    expect(keeping.setAside).toMatchObject([{ code: 'imap.mail_unreadable', raw: expect.stringMatching(/:3$/) }]);
  });

  test('a server that sends more at once than is held, and lies of it: one by one, and all are kept', async () => {
    const server = await serverThat({ ignoresPartial: true });
    for (let n = 1; n <= 45; n++) server.add(clientMail(n, { bytes: 1_500_000 }), { size: 1000 });
    const { keeping } = listenTo(server, new Keeping(), options);
    await eventually('all of them', () => keeping.kept.length === 45, 30_000);
    expect(new Set(keeping.subjects).size).toBe(45);
    expect(keeping.kept.every(({ text }) => text.length >= 1_500_000)).toBe(true);
  });

  test('mails that vanish between header and body are gone, and that is all', async () => {
    const server: ScriptedImap = await serverThat({
      answer: ({ text }) => {
        if (/^UID FETCH .*BODY\.PEEK\[\]/.test(text)) for (const uid of [2, 4]) server.folder().expunge(uid);
        return undefined;
      },
    });
    fill(server, 5);
    const { keeping } = listenTo(server, new Keeping(), options);
    await eventually('the rest', () => keeping.kept.length === 3);
    server.add(clientMail(6));
    await eventually('the next', () => keeping.subjects.includes('mail 6'));
    expect(keeping.subjects).toEqual(['mail 5', 'mail 3', 'mail 1', 'mail 6']);
    expect(keeping.setAside).toEqual([]);
  });

  test('a large one that vanishes while it is streamed leaves no half mail', async () => {
    const server: ScriptedImap = await serverThat({
      answer: ({ text }) => {
        if (/BODY\.PEEK\[\]<2097152/.test(text)) server.folder().expunge(1);
        return undefined;
      },
    });
    server.add(clientMail(1, { bytes: 3_500_000 }));
    const { keeping, listening } = listenTo(server, new Keeping(), options);
    await listening;
    server.add(clientMail(2));
    await eventually('the next', () => keeping.subjects.includes('mail 2'));
    expect(keeping.subjects).toEqual(['mail 2']);
  });
});

test('cut after any number of bytes, nothing is stored twice, nothing half, and in the end all of it', async () => {
  const keeping = new Keeping();
  let cutAfter: number | undefined = 1;
  const server = await serverThat({
    cutAfter: ({ text }) => (/^UID FETCH .*BODY\.PEEK\[/.test(text) ? cutAfter : undefined),
  });
  fill(server, 4);
  const whole = server.folder().mails.map(({ text }) => text);
  for (let n = 1; n < 3000; n += 97) {
    cutAfter = n;
    const session = listenTo(server, keeping);
    await Promise.race([session.ended, eventually('all', () => keeping.kept.length === 4, 3000).catch(() => {})]);
    await session.stop();
    for (const { text } of keeping.kept) expect(whole).toContain(text);
    if (keeping.kept.length + keeping.setAside.length >= 4) break;
  }
  cutAfter = undefined;
  const last = listenTo(server, keeping);
  await eventually('everything is stored or set aside', () => keeping.kept.length + keeping.setAside.length >= 4);
  await last.stop();
  for (const { text } of keeping.kept) expect(whole).toContain(text);
  expect(new Set(keeping.subjects).size).toBe(keeping.kept.length);
});

describe('an abort', () => {
  test.each([
    ['while it logs in', answering(/^LOGIN/, 'silence')],
    ['while a folder is opened', answering(/^EXAMINE/, 'silence')],
    ['while mails are fetched', answering(/^UID FETCH/, 'silence')],
    ['while it listens', {}],
  ] as const)('%s ends the session at once', async (_story, script) => {
    const server = await serverThat(script);
    fill(server, 3);
    const { stop } = listenTo(server);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const since = performance.now();
    expect(await stop()).toBeNull();
    expect(performance.now() - since).toBeLessThan(500);
    await eventually('the line is free', () => server.open === 0);
  });
});
