import { describe, expect, test } from 'vitest';
import type { Past, Session } from '../../src/connector/index.ts';
import { Keeping } from '../../src/mailbox/kept.fixture.ts';
import { clientMail } from '../../test/kit/client-mail.ts';
import { configFor, listenTo, serverThat, stopAfterEach } from '../../test/kit/imap-session.ts';
import type { ScriptedImap } from '../../test/kit/scripted-imap.ts';
import { eventually } from '../../test/kit/session.ts';
import type { Config } from './config.ts';
import { imap } from './connector.ts';

stopAfterEach();

const mails = (...numbers: number[]) => numbers.map((n) => `mail ${n}`);
const fill = (server: ScriptedImap, count: number, more: Parameters<ScriptedImap['add']>[1] = {}) => {
  for (let n = 1; n <= count; n++) server.add(clientMail(n), more);
};
let said = 100;
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

describe('what comes', () => {
  test('is taken once, newest first; a restart takes only what is new; nothing is ever changed', async () => {
    const server = await serverThat();
    fill(server, 3);
    const { keeping, stop } = listenTo(server);
    await eventually('three', () => keeping.kept.length === 3);
    server.add(clientMail(4));
    await eventually('the fourth', () => keeping.kept.length === 4);
    await stop();
    server.add(clientMail(5));
    const again = listenTo(server, keeping);
    await eventually('the fifth', () => keeping.kept.length === 5);
    await again.stop();
    expect(keeping.subjects).toEqual(mails(3, 2, 1, 4, 5));
    expect(keeping.duplicates).toBe(0);
    expect(server.commands.filter((one) => /^(?:UID )?(?:SELECT|STORE|EXPUNGE|COPY|MOVE|APPEND)/.test(one))).toEqual(
      [],
    );
    expect(server.commands.filter((one) => /BODY\[|RFC822(?!\.SIZE)|:\*|\b0:/.test(one))).toEqual([]);
  });

  test('a large past is taken in pieces: cut off in the middle, it goes on there, and new mail comes before old', async () => {
    const server = await serverThat();
    fill(server, 700);
    const keeping = new Keeping();
    const first = listenTo(server, keeping);
    await eventually('some', () => keeping.kept.length >= 100);
    await first.stop();
    const before = keeping.kept.length;
    expect(before).toBeLessThan(700);
    server.add(clientMail(701));
    const second = listenTo(server, keeping);
    await eventually('all', () => keeping.kept.length === 701);
    await second.stop();
    expect(keeping.subjects[0]).toBe('mail 700');
    expect(keeping.subjects[before]).toBe('mail 701');
    expect(keeping.duplicates).toBeLessThanOrEqual(100);
    expect(new Set(keeping.subjects).size).toBe(701);
    expect(keeping.position?.length).toBeLessThan(500);
  });

  test('gaps of millions between UIDs cost nothing', async () => {
    const server = await serverThat();
    const inbox = server.folder();
    for (const uid of [1, 7, 1_000_000, 4_000_000_000]) {
      inbox.uidNext = uid;
      server.add(clientMail(uid));
    }
    const { keeping, stop } = listenTo(server);
    await eventually('all', () => keeping.kept.length === 4);
    expect(await stop()).toBeNull();
    expect(server.commands.length).toBeLessThan(20);
  });

  test('a server that tells no UIDNEXT, and has no IDLE, is polled', async () => {
    const server = await serverThat({ capabilities: 'IMAP4rev1' });
    server.folder().hidesUidNext = true;
    fill(server, 2);
    const { keeping, listening } = listenTo(server);
    await listening;
    server.add(clientMail(3));
    await eventually('three', () => keeping.kept.length === 3);
    server.folder().expunge(3);
    await new Promise((resolve) => setTimeout(resolve, 1200)); // two polls
    expect(keeping.logged.map(({ msg }) => msg)).not.toContain('imap.folder_renumbered');
    server.add(clientMail(4));
    await eventually('four', () => keeping.kept.length === 4);
  });

  test('news that come while the server does not say so are seen by the poll; other folders too', async () => {
    const server = await serverThat({ forgetsToTell: true });
    server.folder('Sent');
    const { keeping, listening } = listenTo(server, new Keeping(), { folders: ['INBOX', 'Sent'] });
    await listening;
    server.add(clientMail(1));
    server.add(clientMail(2), { folder: 'Sent' });
    await eventually('both', () => keeping.kept.length === 2);
    expect(keeping.kept.map(({ folder }) => folder).sort()).toEqual(['INBOX', 'Sent']);
  });

  test('a folder may be called as it likes', async () => {
    const server = await serverThat();
    const folders = ['constructor', '__proto__'];
    for (const folder of folders) server.add(clientMail(1), { folder });
    const { keeping } = listenTo(server, new Keeping(), { folders });
    await eventually('both', () => keeping.kept.length === 2);
    expect(keeping.kept.map(({ folder }) => folder).sort()).toEqual(['__proto__', 'constructor']);
  });
});

describe('a server with modification sequences (CONDSTORE)', () => {
  const capabilities = 'IMAP4rev1 IDLE CONDSTORE';
  const options = { folders: ['INBOX', 'Sent'] };
  const isLook = (command: string) => /^(?:EXAMINE|STATUS|UID )/.test(command);
  const serverWith = async (script: Parameters<typeof serverThat>[0]) => {
    const server = await serverThat(script);
    for (const folder of ['INBOX', 'Sent']) server.add(clientMail(folder.length), { folder });
    return server;
  };
  const takenFrom = async (server: ScriptedImap) => {
    const first = listenTo(server, new Keeping(), options);
    await eventually('both', () => first.keeping.kept.length === 2);
    await first.stop();
    return first.keeping;
  };
  /** What is asked of folders by the session that logged in last. */
  const asked = (server: ScriptedImap) => {
    const login = server.commands.findLastIndex((command) => command.startsWith('LOGIN'));
    return server.commands.slice(login).filter(isLook);
  };
  /** What a new session asks, until it has looked at all folders once more. */
  const askedBy = async (server: ScriptedImap, keeping: Keeping) => {
    const logins = () => server.commands.filter((command) => command.startsWith('LOGIN')).length;
    const before = logins();
    const { stop } = listenTo(server, keeping, options);
    const hasPolled = () =>
      asked(server).some((command, i, all) => command === 'EXAMINE INBOX' && /^STATUS/.test(all[i - 1] ?? ''));
    await eventually('a poll', () => logins() > before && hasPolled());
    await stop();
    return asked(server);
  };
  const marked = ['EXAMINE Sent', 'EXAMINE INBOX', 'STATUS Sent (UIDNEXT UIDVALIDITY HIGHESTMODSEQ)', 'EXAMINE INBOX'];

  /** Some servers tell sequences only after somebody asked for one. */
  const wake = 'STATUS INBOX (UIDNEXT UIDVALIDITY HIGHESTMODSEQ)';

  test('nothing happened: a reconnect and a poll ask each folder once', async () => {
    const server = await serverWith({ capabilities });
    const keeping = await takenFrom(server);
    expect(JSON.parse(keeping.position ?? '')).toMatchObject({
      folders: { INBOX: { modseq: '2' }, Sent: { modseq: '2' } },
    });
    expect(await askedBy(server, keeping)).toEqual(marked);
    expect([keeping.kept.length, keeping.duplicates]).toEqual([2, 0]);
  });

  test('a flag: the folder is opened, no mail is asked for', async () => {
    const server = await serverWith({ capabilities });
    const keeping = await takenFrom(server);
    const { listening } = listenTo(server, keeping, options);
    await listening;
    server.folder('Sent').touch();
    const isStatus = (command: string) => /^STATUS/.test(command);
    await eventually('a poll after it', () => asked(server).filter(isStatus).length === 2);
    const round = ['EXAMINE Sent', 'EXAMINE INBOX', marked[2]];
    expect(asked(server).slice(0, 6)).toEqual([...round, ...round]);
  });

  test('STATUS tells of new mail late: the sequence tells that there is something', async () => {
    let isLate = false;
    const server = await serverWith({
      capabilities,
      answer: ({ text }, usual) =>
        isLate && text.startsWith('STATUS') ? usual().replace(/UIDNEXT \d+/, 'UIDNEXT 2') : undefined,
    });
    const { keeping } = listenTo(server, new Keeping(), options);
    await eventually('both', () => keeping.kept.length === 2);
    isLate = true;
    server.add(clientMail(9), { folder: 'Sent' });
    await eventually('the new one', () => keeping.subjects.includes('mail 9'));
  });

  test('a position written before sequences were kept: everything goes on, and from now on they are known', async () => {
    const server = await serverWith({ capabilities });
    const keeping = await takenFrom(server);
    keeping.position = (keeping.position ?? '').replaceAll(/,"modseq":"\d+"/g, '');
    expect(keeping.position).not.toContain('modseq');
    server.add(clientMail(9), { folder: 'Sent' });
    const first = await askedBy(server, keeping);
    expect(first.slice(0, 3)).toEqual([wake, ...marked.slice(0, 2)]);
    expect(keeping.subjects.slice(2)).toEqual(['mail 9']);
    expect(keeping.kept.at(-1)?.asks).toBe(true);
    expect(keeping.duplicates).toBe(0);
    expect(keeping.logged.map(({ msg }) => msg)).not.toContain('imap.folder_renumbered');
    expect(keeping.position).toContain('"modseq":"3"');
    expect(await askedBy(server, keeping)).toEqual(marked);
  });

  test.each([
    ['the sequence never moves', (text: string) => text.replace(/HIGHESTMODSEQ \d+/g, 'HIGHESTMODSEQ 7')],
    [
      'it tells another one each time',
      (text: string) => text.replace(/HIGHESTMODSEQ \d+/g, () => `HIGHESTMODSEQ ${said++}`),
    ],
    ['it goes back', (text: string) => text.replace(/HIGHESTMODSEQ \d+/g, () => `HIGHESTMODSEQ ${1e6 - said++}`)],
    ['it is no number', (text: string) => text.replace(/HIGHESTMODSEQ \d+/g, 'HIGHESTMODSEQ many')],
    ['opening tells none', (text: string) => text.replace(/\* OK \[HIGHESTMODSEQ \d+\]/g, '* OK [NOMODSEQ]')],
    [
      'STATUS does not take it',
      (text: string) => (/HIGHESTMODSEQ/.test(text) && /^\* STATUS/.test(text) ? 'TAG BAD what?' : text),
    ],
  ])('a server that lies: %s: every mail is taken once, nothing is numbered anew', async (_story, lies) => {
    const server = await serverWith({ capabilities, answer: (_command, usual) => lies(usual()) });
    const keeping = await takenFrom(server);
    server.add(clientMail(8));
    const { listening } = listenTo(server, keeping, options);
    await listening;
    server.add(clientMail(9), { folder: 'Sent' });
    server.add(clientMail(10));
    await eventually('all', () => keeping.kept.length === 5);
    expect([...keeping.subjects].sort()).toEqual(mails(10, 4, 5, 8, 9));
    expect(keeping.duplicates).toBe(0);
    expect(keeping.kept.every(({ asks }) => asks)).toBe(true);
    expect(keeping.logged.map(({ msg }) => msg)).not.toContain('imap.folder_renumbered');
  });

  test.each([
    ['without CONDSTORE', 'IMAP4rev1 IDLE', 1, [], 'STATUS Sent (UIDNEXT UIDVALIDITY)'],
    ['folders without sequences', capabilities, null, [wake], marked[2]],
  ] as const)('%s: asked as ever', async (_story, offered, modseq, begin, status) => {
    const server = await serverWith({ capabilities: offered });
    for (const folder of ['INBOX', 'Sent']) server.folder(folder).modseq = modseq;
    const keeping = await takenFrom(server);
    expect(JSON.parse(keeping.position ?? '')).toMatchObject({ folders: { INBOX: { modseq: null } } });
    expect(await askedBy(server, keeping)).toEqual([
      ...begin,
      'EXAMINE Sent',
      'EXAMINE INBOX',
      'EXAMINE INBOX',
      status,
      'EXAMINE INBOX',
    ]);
  });
});

describe('the past', () => {
  test.each([
    ['all', [3, 2, 1]],
    ['none', []],
  ] as const)('history: %s', async (history, expected) => {
    const server = await serverThat();
    fill(server, 3);
    const { keeping, listening } = listenTo(server, new Keeping(), { history });
    await listening;
    server.add(clientMail(4));
    await eventually('the new one', () => keeping.subjects.includes('mail 4'));
    await eventually('the past', () => keeping.kept.length === expected.length + 1);
    expect(keeping.subjects.filter((subject) => subject !== 'mail 4')).toEqual(mails(...expected));
  });

  test('what is older than a day before the first look asks nobody', async () => {
    const server = await serverThat();
    server.add(clientMail(1), { at: daysAgo(30) });
    server.add(clientMail(2), { at: daysAgo(0.5) });
    const { keeping } = listenTo(server);
    await eventually('both', () => keeping.kept.length === 2);
    server.add(clientMail(3), { at: daysAgo(30) }); // moved here from somewhere
    server.add(clientMail(4));
    await eventually('the others', () => keeping.kept.length === 4);
    const asking = keeping.kept.filter(({ asks }) => asks).map(({ text }) => /Subject: (.*)\r/.exec(text)?.[1]);
    expect(asking).toEqual(mails(2, 4));
  });

  test.each([
    ['another UIDVALIDITY', (server: ScriptedImap) => server.folder().renumber()],
    [
      'a lower UIDNEXT, as after a restored backup',
      (server: ScriptedImap) => {
        server.folder().expunge(3);
        server.folder().uidNext = 3;
      },
    ],
  ])('%s: the last days are looked at anew, nobody is asked, and it is told', async (_story, happens) => {
    const server = await serverThat();
    fill(server, 3);
    const { keeping, stop } = listenTo(server);
    await eventually('three', () => keeping.kept.length === 3);
    await stop();
    happens(server);
    const again = listenTo(server, keeping);
    await again.listening;
    server.add(clientMail(9));
    await eventually('the new one', () => keeping.subjects.includes('mail 9'));
    await eventually('the rescan', () => keeping.kept.length + keeping.duplicates >= 5);
    const anew = keeping.kept.slice(3).filter(({ text }) => !text.includes('mail 9'));
    expect(anew.every(({ asks }) => !asks)).toBe(true);
    expect(keeping.kept.find(({ text }) => text.includes('mail 9'))?.asks).toBe(true);
    expect(server.commands.some((one) => /SEARCH.*SINCE/.test(one))).toBe(true);
    expect(keeping.logged).toContainEqual(expect.objectContaining({ msg: 'imap.folder_renumbered', folder: 'INBOX' }));
  });
});

test('looking back: since a day, newest first, asking nobody, under the same names as live; broken off it goes on', async () => {
  const server = await serverThat();
  fill(server, 3, { at: daysAgo(200) });
  for (let n = 4; n <= 400; n++) server.add(clientMail(n), { at: daysAgo(50) });
  const keeping = new Keeping();
  const progress: string[] = [];
  const past = (through?: Session<Config>['keep']): Past<Config> => {
    const session = keeping.session(configFor(server, { history: 'none' }));
    const keep: Session<Config>['keep'] = async (mails, position) => {
      const answers = await session.keep(mails, position);
      await through?.(mails, position);
      if (through) session.stop();
      return answers;
    };
    return { ...session, keep, since: daysAgo(100), progress: (done, total) => progress.push(`${done}/${total}`) };
  };
  await imap.backfill?.(past(async () => []));
  expect(keeping.kept.length).toBe(100);
  await imap.backfill?.(past());
  expect(keeping.kept).toHaveLength(397);
  expect(keeping.duplicates).toBe(0);
  expect(keeping.subjects.slice(0, 2)).toEqual(mails(400, 399));
  expect(keeping.kept.some(({ asks }) => asks)).toBe(false);
  expect(progress[0]).toBe('0/397');
  expect(progress.at(-1)).toBe('297/297');
  const live = listenTo(server);
  await eventually('all', () => live.keeping.kept.length === 400);
  const names = new Set(live.keeping.kept.map(({ identity }) => identity));
  expect(keeping.kept.every(({ identity }) => names.has(identity))).toBe(true);
});

test('looking back: a folder that cannot be opened stops no other, and is told at the end', async () => {
  const server = await serverThat({
    answer: ({ text }) => (/^EXAMINE "?Old/.test(text) ? 'TAG NO index is damaged' : undefined),
  });
  server.add(clientMail(1), { folder: 'Old' });
  server.add(clientMail(2));
  const keeping = new Keeping();
  const session = keeping.session(configFor(server, { folders: ['Old', 'INBOX'] }));
  const backfill = imap.backfill?.({ ...session, since: daysAgo(100), progress: () => {} });
  await expect(backfill).rejects.toMatchObject({ code: 'imap.refused', remedy: 'retry' });
  expect(keeping.subjects).toEqual(['mail 2']);
  expect(keeping.logged.filter(({ msg }) => msg === 'imap.folder_refused')).toHaveLength(1);
});

describe('who is stored', () => {
  test('scope known: mail with clients; strangers leave a counter, and their mails are never fetched', async () => {
    const server = await serverThat();
    server.add(clientMail(1, { from: 'ivan@client.example' }));
    server.add(clientMail(2, { from: 'spam@stranger.example' }));
    server.add(clientMail(3, { from: 'anna@ours.example', to: 'boris@ours.example' }));
    const keeping = new Keeping();
    keeping.known.add('ivan@client.example');
    listenTo(server, keeping, { scope: 'known' });
    await eventually('the client', () => keeping.kept.length === 1);
    await eventually('the counters', () => keeping.skipped.stranger !== undefined);
    expect(keeping.skipped).toEqual({ stranger: 1, internal: 1 });
    expect([...server.fetched]).toEqual(['INBOX:1']);
  });

  test('exclusions come before everything; a journaling mailbox is looked into', async () => {
    const server = await serverThat();
    server.add(clientMail(1, { from: 'ceo@private.example' }));
    server.add(clientMail(2));
    const keeping = new Keeping();
    listenTo(server, keeping, { exclude: { domains: ['private.example'] }, journal: true });
    await eventually('the other', () => keeping.kept.length === 1);
    expect(keeping.kept[0]?.isSure).toBe(false);
    expect(keeping.subjects).toEqual(mails(2));
  });
});

describe('size', () => {
  const mb = 1024 * 1024;

  test('a large mail is streamed, one above the limit is cut, and says so', async () => {
    const server = await serverThat();
    server.add(clientMail(1, { bytes: 3.5 * mb }));
    server.add(clientMail(2, { bytes: 1.5 * mb }));
    const { keeping } = listenTo(server, new Keeping(), { largestMb: 2 });
    await eventually('both', () => keeping.kept.length === 2);
    const [second, first] = keeping.kept;
    expect(second).toMatchObject({ cut: null });
    expect(second?.text).toBe(server.folder().mails[1]?.text);
    expect(first?.cut).toBe('larger than largestMb (2): of 3.5 MB the first 1048576 bytes are here');
    expect(first?.text).toBe(server.folder().mails[0]?.text.slice(0, mb));
  });

  test('a size that lies is not believed: neither too small, nor far too large', async () => {
    const server = await serverThat();
    server.add(clientMail(1, { bytes: 1.5 * mb }), { size: 300 });
    server.add(clientMail(2, { bytes: 3.5 * mb }), { size: 300 });
    server.add(clientMail(3), { size: 1.8 * mb });
    const { keeping } = listenTo(server, new Keeping(), { largestMb: 2 });
    await eventually('all', () => keeping.kept.length === 3);
    const byNumber = (n: number) => keeping.kept.find(({ text }) => text.includes(`Subject: mail ${n}\r`));
    expect(byNumber(1)?.text).toBe(server.folder().mails[0]?.text);
    expect(byNumber(2)).toMatchObject({ cut: expect.stringContaining('larger than largestMb (2)') });
    expect(byNumber(3)?.text).toBe(server.folder().mails[2]?.text);
  });
});
