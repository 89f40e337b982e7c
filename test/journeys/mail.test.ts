import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { sql } from '../../src/store/index.ts';
import { describePeer } from '../kit/peer.ts';
import { programFile } from '../kit/program.ts';
import { type WatchedOffice, watchOffice } from './watched-office.ts';

const olena = 'olena.koval@romashka.example';

describePeer('dovecot', 'a mailbox of the office', () => {
  const here = watchOffice(() => '{ email: immediately, fax: immediately, perDay: 1000 }');

  const contacts = () =>
    here().store.db.rows<{
      id: string;
      subject: string;
      state: string;
      gist: string | null;
      client: string | null;
    }>(sql`
      select c.id, c.facts #>> '{details,mail,subject}' as subject, c.state, c.gist, cl.name as client
        from contact c left join client cl on cl.id = c.client_id
       where c.merged_into is null and c.decided_at is not null order by c.created_at`);
  const verdictOf = async (subject: string) => (await contacts()).find((one) => one.subject === subject) ?? null;
  const deliver: WatchedOffice['deliver'] = (fields, text) => here().deliver(fields, text);
  const unread = async () =>
    (await here().store.db.rows<{ n: number }>(sql`select count(*)::int as n from mail where read_at is null`))[0]?.n;

  test('a client writes; the one it concerns is asked; her answer by mail is the gist', async () => {
    deliver(
      [
        'From: Iryna <iryna@acme.example>',
        `To: Olena <${olena}>, office@romashka.example`,
        'Subject: Order 318',
        'Message-ID: <order@acme.example>',
        `Date: ${new Date().toUTCString()}`,
      ],
      'Please send forty flanges by Friday.',
    );
    await expect.poll(() => here().smtp.mails.length, { timeout: 20_000 }).toBe(1);
    const [prompt] = here().smtp.mails;
    expect(prompt?.to).toBe(olena);
    expect(await verdictOf('Order 318')).toMatchObject({ state: 'draft', client: 'ТОВ Акме', gist: null });
    deliver(
      [
        `From: Olena <${olena}>`,
        'To: letopis@romashka.example, office@romashka.example',
        `Subject: Re: ${'x'.repeat(5)}`,
        'Message-ID: <answer@romashka.example>',
        `In-Reply-To: ${prompt?.messageId}`,
      ],
      `Wants forty flanges by Friday, invoice to Iryna.\r\n\r\nOn Mon, 2 Mar 2026 at 10:00, Letopis <letopis@romashka.example> wrote:\r\n> ${prompt?.text.split('\n')[0]}`,
    );
    await expect
      .poll(async () => (await verdictOf('Order 318'))?.gist, { timeout: 20_000 })
      .toBe('Wants forty flanges by Friday, invoice to Iryna.');
    expect(await verdictOf('Order 318')).toMatchObject({ state: 'completed' });
    expect(await contacts()).toHaveLength(1);
  });

  test('our own prompt, its bounce and what a machine answers to it come back: no contact, no loop', async () => {
    const [prompt] = here().smtp.mails;
    here().dovecot.deliver('office', prompt?.raw ?? '');
    deliver(
      [
        'From: MAILER-DAEMON@romashka.example',
        'To: letopis@romashka.example',
        'Subject: Undelivered Mail Returned to Sender',
        'Message-ID: <b@romashka.example>',
        'Return-Path: <>',
      ],
      `could not be delivered\r\n\r\nMessage-ID: ${prompt?.messageId}`,
    );
    deliver(
      [
        `From: ${olena}`,
        'To: letopis@romashka.example',
        'Subject: Automatic reply',
        'Message-ID: <a@romashka.example>',
        'Auto-Submitted: auto-replied',
        `In-Reply-To: ${prompt?.messageId}`,
      ],
      'I am away.',
    );
    deliver(
      [
        'From: Iryna <iryna@acme.example>',
        'To: office@romashka.example',
        'Subject: the last one',
        'Message-ID: <last@acme.example>',
      ],
      'hello',
    );
    await expect.poll(() => verdictOf('the last one'), { timeout: 20_000 }).toMatchObject({ state: 'draft' });
    await expect.poll(unread).toBe(0);
    expect((await contacts()).map(({ subject }) => subject)).toEqual(['Order 318', 'the last one']);
    await expect.poll(() => here().smtp.mails.length, { timeout: 20_000 }).toBe(2);
  });

  test('what is no mail is in quarantine, can be looked at, and read again', async () => {
    here().dovecot.deliver('office', 'no header at all\r\n\r\nwords');
    const list = async () => (await letopis('quarantine', 'list', '--json')).map((line) => JSON.parse(line));
    await expect.poll(async () => (await list()).length, { timeout: 20_000 }).toBe(1);
    const [entry] = await list();
    expect(entry).toMatchObject({ connector: 'office', fault: 'mail.unreadable' });
    expect((await letopis('quarantine', 'show', String(entry.id))).join('\n')).toContain('no header at all');
    expect(await letopis('quarantine', 'retry', String(entry.id))).toEqual([
      expect.stringMatching(new RegExp(`^${entry.id}: unreadable: `)),
    ]);
    const [again] = await list();
    expect(again.id).not.toBe(entry.id);
    expect(await letopis('quarantine', 'close', String(again.id))).toEqual([`${again.id}: settled`]);
    expect(await list()).toEqual([]);
    expect(await contacts()).toHaveLength(2);
  });

  test('looking back brings what is known already, asks nobody, and run again changes nothing', async () => {
    const before = await contacts();
    const [line] = await letopis('backfill', 'office', '--since', '2020-01-01', '--json');
    expect(JSON.parse(line ?? '')).toMatchObject({ connector: 'office', stored: 0 });
    expect(await contacts()).toEqual(before);
    expect(here().smtp.mails).toHaveLength(2);
  });

  async function letopis(...args: string[]): Promise<string[]> {
    const { stdout } = await promisify(execFile)(process.execPath, [
      programFile,
      ...args,
      '--config',
      here().folder.file,
    ]);
    return stdout.split('\n').filter((line) => line !== '');
  }
});
