import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Past } from '../../src/connector/index.ts';
import { Keeping } from '../../src/mailbox/kept.fixture.ts';
import { clientMail } from '../../test/kit/client-mail.ts';
import { eventually, fastClock } from '../../test/kit/session.ts';
import { Config } from './config.ts';
import { maildir } from './connector.ts';

const stops: (() => Promise<unknown>)[] = [];
let path = '';
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'letopis-maildir-')), 'Maildir');
  make(path);
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  rmSync(join(path, '..'), { recursive: true, force: true });
});

function make(folder: string): void {
  for (const inner of ['cur', 'new', 'tmp']) mkdirSync(join(folder, inner), { recursive: true });
}

/** As a mail server delivers: written in `tmp`, then renamed. */
function deliver(n: number, more: { folder?: string; at?: Date; mail?: string; name?: string } = {}): string {
  const { folder = '', at = new Date(), mail = clientMail(n), name = `${n}.M1P1.test` } = more;
  const written = join(path, folder, 'tmp', name);
  writeFileSync(written, mail);
  utimesSync(written, at, at);
  renameSync(written, join(path, folder, 'new', name));
  return name;
}

function read(name: string, flags = 'S'): void {
  renameSync(join(path, 'new', name), join(path, 'cur', `${name}:2,${flags}`));
}

function listen(keeping = new Keeping(), options: Readonly<Record<string, unknown>> = {}) {
  const config = Config.parse({ scope: 'all', path, poll: 5, ...options });
  let heard = () => {};
  const listening = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const session = keeping.session(config, { clock: fastClock(10), listening: () => heard() });
  const ended = maildir.run(session).then(
    () => null,
    (error: unknown) => error,
  );
  const stop = () => {
    session.stop();
    return ended;
  };
  stops.push(stop);
  return { keeping, ended, stop, listening: Promise.race([listening, ended]) };
}

const mails = (...numbers: number[]) => numbers.map((n) => `mail ${n}`);
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

describe('what comes', () => {
  test('is taken once, newest first; nothing in the maildir is changed', async () => {
    for (let n = 1; n <= 3; n++) deliver(n, { at: daysAgo(10 - n) });
    writeFileSync(join(path, 'tmp', 'half'), clientMail(99).slice(0, 50));
    writeFileSync(join(path, 'new', '.hidden'), 'x');
    mkdirSync(join(path, 'cur', 'folder'));
    const { keeping, listening, stop } = listen();
    await listening;
    await eventually('three', () => keeping.kept.length === 3);
    deliver(4);
    await eventually('the fourth', () => keeping.kept.length === 4);
    expect(await stop()).toBeNull();
    expect(keeping.subjects).toEqual(mails(3, 2, 1, 4));
    expect(keeping.kept[0]).toMatchObject({
      identity: `maildir:${path}:INBOX:3.M1P1.test`,
      folder: 'INBOX',
      cut: null,
    });
    expect(keeping.kept.map(({ asks }) => asks)).toEqual([false, false, false, true]);
    expect(readdirSync(join(path, 'new')).sort()).toEqual(['.hidden', ...[1, 2, 3, 4].map((n) => `${n}.M1P1.test`)]);
  });

  test('a mail that is read, answered and moved to cur is the same one', async () => {
    const { keeping, listening } = listen();
    await listening;
    const name = deliver(1);
    await eventually('it', () => keeping.kept.length === 1);
    read(name);
    renameSync(join(path, 'cur', `${name}:2,S`), join(path, 'cur', `${name}:2,RS`));
    deliver(2);
    await eventually('the next', () => keeping.kept.length === 2);
    expect(keeping.duplicates).toBe(0);
  });

  test('one that was read before we looked is taken all the same', async () => {
    read(deliver(1), 'FRST');
    const { keeping } = listen();
    await eventually('it', () => keeping.kept.length === 1);
  });

  test('a restart takes what came meanwhile, also an old mail that was moved here; it reads the others no more', async () => {
    for (let n = 1; n <= 50; n++) deliver(n);
    const keeping = new Keeping();
    const first = listen(keeping);
    await eventually('fifty', () => keeping.kept.length === 50);
    await first.stop();
    // as if it had been some time ago
    keeping.position = (keeping.position ?? '').replace(
      /"until":([\d.]+)/,
      (_, at) => `"until":${Number(at) + 200_000}`,
    );
    expect(keeping.position.length).toBeLessThan(200);
    deliver(51, { at: daysAgo(400) });
    const second = listen(keeping);
    await second.listening;
    await second.stop();
    expect(keeping.duplicates).toBe(0);
    keeping.position = keeping.position.replace(/"until":([\d.]+)/, '"until":1');
    const third = listen(keeping);
    await eventually('the moved one', () => keeping.kept.length === 51);
    await third.stop();
    expect(keeping.kept.at(-1)?.asks).toBe(false);
  });

  test('a flag set while nobody looked brings an old mail once more: nobody is asked, whatever is known of it', async () => {
    const [old, young] = [deliver(1, { at: daysAgo(91) }), deliver(2, { at: daysAgo(89) })];
    const keeping = new Keeping();
    const first = listen(keeping);
    await eventually('both', () => keeping.kept.length === 2);
    await first.stop();
    // as if we had looked for a year, and the rows of both were gone
    keeping.position = (keeping.position ?? '')
      .replace(/"firstAt":"[^"]*"/, `"firstAt":"${daysAgo(365).toISOString()}"`)
      .replace(/"until":([\d.]+)/, '"until":1');
    const again = new Keeping();
    again.position = keeping.position;
    read(old);
    read(young);
    listen(again);
    await eventually('both once more', () => again.kept.length === 2);
    expect(again.kept.map(({ asks }) => asks)).toEqual([true, false]);
  });

  test('a large past, cut off in the middle, goes on there; new mail comes before old', async () => {
    for (let n = 1; n <= 450; n++) deliver(n, { at: new Date(Date.now() - (1000 - n) * 1000) });
    const keeping = new Keeping();
    const first = listen(keeping);
    await eventually('some', () => keeping.kept.length >= 100);
    await first.stop();
    const before = keeping.kept.length;
    expect(before).toBeLessThan(450);
    keeping.position = (keeping.position ?? '').replace(
      /^(\{"maildir":\{"INBOX":\{"until":)([\d.]+)/,
      (_, head, at) => `${head}${Number(at) + 125_000}`,
    );
    const second = listen(keeping);
    await eventually('all', () => keeping.kept.length === 450);
    await second.stop();
    expect(keeping.duplicates).toBeLessThanOrEqual(100);
    expect(keeping.subjects.slice(0, 2)).toEqual(mails(450, 449));
    expect(new Set(keeping.subjects).size).toBe(450);
  });

  test('subfolders by their names; everything but waste; what is excluded', async () => {
    for (const folder of ['.Sent', '.Archive.2026', '.Trash', '.Private', '.not-a-maildir']) {
      if (folder === '.not-a-maildir') mkdirSync(join(path, folder));
      else make(join(path, folder));
    }
    deliver(1);
    deliver(2, { folder: '.Sent' });
    deliver(3, { folder: '.Archive.2026' });
    deliver(4, { folder: '.Trash' });
    deliver(5, { folder: '.Private' });
    const named = listen(new Keeping(), { folders: ['INBOX', 'Sent', 'Archive/2026'] });
    await eventually('three', () => named.keeping.kept.length === 3);
    expect(new Set(named.keeping.subjects)).toEqual(new Set(mails(1, 2, 3)));
    const all = listen(new Keeping(), { folders: ['*'], exclude: { folders: ['Private'] } });
    await eventually('three', () => all.keeping.kept.length === 3);
    expect(all.keeping.kept.map(({ folder }) => folder).sort()).toEqual(['Archive/2026', 'INBOX', 'Sent']);
  });

  test.each([
    ['all', 2],
    ['none', 0],
    [5, 1],
  ])('history: %s', async (history, expected) => {
    deliver(1, { at: daysAgo(10) });
    deliver(2, { at: daysAgo(2) });
    const { keeping, listening } = listen(new Keeping(), { history });
    await listening;
    deliver(3);
    await eventually('the new one', () => keeping.subjects.includes('mail 3'));
    expect(keeping.kept).toHaveLength(expected + 1);
    deliver(4, { at: daysAgo(10) });
    await eventually('one that was moved here', () => keeping.subjects.includes('mail 4'));
  });

  test('scope known: strangers leave a counter', async () => {
    deliver(1, { mail: clientMail(1, { from: 'ivan@client.example', bytes: 100_000 }) });
    deliver(2);
    const keeping = new Keeping();
    keeping.known.add('ivan@client.example');
    listen(keeping, { scope: 'known' });
    await eventually('the client', () => keeping.kept.length === 1 && keeping.skipped.stranger === 1);
    expect(keeping.kept[0]?.text).toBe(clientMail(1, { from: 'ivan@client.example', bytes: 100_000 }));
  });

  test('large ones are streamed, too large ones cut', async () => {
    const mb = 1024 * 1024;
    deliver(1, { mail: clientMail(1, { bytes: 1.5 * mb }) });
    deliver(2, { mail: clientMail(2, { bytes: 3.5 * mb }) });
    const { keeping } = listen(new Keeping(), { largestMb: 2 });
    await eventually('both', () => keeping.kept.length === 2);
    const byNumber = (n: number) => keeping.kept.find(({ text }) => text.includes(`Subject: mail ${n}\r`));
    expect(byNumber(1)).toMatchObject({ cut: null, text: clientMail(1, { bytes: 1.5 * mb }) });
    expect(byNumber(2)).toMatchObject({
      cut: 'larger than largestMb (2): of 3.5 MB the first 1048576 bytes are here',
      text: clientMail(2, { bytes: 3.5 * mb }).slice(0, mb),
    });
  });
});

describe('what goes wrong', () => {
  test('no maildir, no such folder: the ones there are are named', async () => {
    expect(await listen(new Keeping(), { path: join(path, 'nowhere') }).ended).toMatchObject({
      code: 'maildir.no_such_folder',
      remedy: 'reconfigure',
    });
    make(join(path, '.Sent'));
    expect(await listen(new Keeping(), { folders: ['INBOX', 'Sendt'] }).ended).toMatchObject({
      code: 'maildir.no_such_folder',
      facts: { cure: 'folders: INBOX, Sent' },
    });
  });

  test('a file system that goes away is waited for', async () => {
    const { listening, ended } = listen();
    await listening;
    renameSync(path, `${path}-gone`);
    expect(await ended).toMatchObject({ code: 'maildir.gone', remedy: 'retry' });
  });

  test('a mail that is deleted or renamed while we read is no fault', async () => {
    for (let n = 1; n <= 300; n++) deliver(n);
    const keeping = new Keeping();
    const { listening } = listen(keeping);
    await listening;
    for (let n = 1; n <= 50; n++) unlinkSync(join(path, 'new', `${n}.M1P1.test`));
    for (let n = 51; n <= 100; n++) read(`${n}.M1P1.test`);
    await eventually('the rest', () => new Set(keeping.subjects).size >= 250);
    expect(keeping.setAside).toEqual([]);
  });

  // root reads everything
  test.skipIf(process.getuid?.() === 0)(
    'one file that cannot be read is set aside and told, the others go on',
    async () => {
      deliver(1);
      chmodSync(join(path, 'new', deliver(2)), 0);
      const { keeping } = listen();
      await eventually('the other', () => keeping.kept.length === 1 && keeping.setAside.length === 1);
      const raw = `maildir:${path}:INBOX:2.M1P1.test`;
      expect(keeping.setAside).toEqual([{ code: 'maildir.mail_unreadable', raw }]);
      deliver(3);
      await eventually('the next', () => keeping.kept.length === 2);
      expect(keeping.setAside).toHaveLength(1);
    },
  );

  test.skipIf(process.getuid?.() === 0)('where nothing may be read it is for IT, and nothing is given up', async () => {
    chmodSync(join(path, 'new', deliver(1)), 0);
    expect(await listen().ended).toMatchObject({ code: 'maildir.not_readable', remedy: 'reconfigure' });
  });

  test('what is no file is left alone, and told of once', async () => {
    const elsewhere = join(path, '..', 'secret');
    writeFileSync(elsewhere, clientMail(9));
    symlinkSync(elsewhere, join(path, 'new', 'link'));
    symlinkSync('circle', join(path, 'new', 'circle'));
    execFileSync('mkfifo', [join(path, 'new', 'pipe')]);
    deliver(1);
    const { keeping } = listen();
    await eventually('the mail', () => keeping.kept.length === 1);
    deliver(2);
    await eventually('the next', () => keeping.kept.length === 2);
    expect(keeping.subjects).toEqual(['mail 1', 'mail 2']);
    expect(keeping.setAside).toEqual([]);
    expect(keeping.logged.filter(({ msg }) => msg === 'maildir.odd_entry')).toHaveLength(1);
  });

  test('a damaged position means looking at everything once more', async () => {
    deliver(1);
    const keeping = new Keeping();
    keeping.position = '{"folders":';
    listen(keeping);
    await eventually('it', () => keeping.kept.length === 1);
    expect(keeping.logged).toContainEqual(expect.objectContaining({ msg: 'maildir.position_unreadable' }));
  });
});

test('the past is looked through, newest first, asks nobody, and goes on where it stopped', async () => {
  deliver(1, { at: daysAgo(100) });
  for (let n = 2; n <= 150; n++) deliver(n, { at: daysAgo(60 - n / 10) });
  const keeping = new Keeping();
  const progress: string[] = [];
  const config = Config.parse({ scope: 'all', path, history: 'none' });
  const past = (signal: AbortSignal): Past<Config> => ({
    ...keeping.session(config),
    signal,
    since: daysAgo(90),
    progress: (done, total) => progress.push(`${done}/${total}`),
  });
  const stopping = new AbortController();
  const broken = past(stopping.signal);
  await maildir.backfill?.({
    ...broken,
    keep: async (some, position) => {
      const answers = await broken.keep(some, position);
      stopping.abort();
      return answers;
    },
  });
  expect(keeping.kept).toHaveLength(100);
  await maildir.backfill?.(past(new AbortController().signal));
  expect(keeping.kept).toHaveLength(149);
  expect(keeping.duplicates).toBe(0);
  expect(keeping.kept.every(({ asks }) => !asks)).toBe(true);
  expect(keeping.subjects.slice(0, 2)).toEqual(mails(150, 149));
  expect(progress.at(0)).toBe('0/149');
  expect(progress.at(-1)).toBe('49/49');
  expect(statSync(join(path, 'new')).isDirectory()).toBe(true);
});
