import { expect, test } from 'vitest';
import { sql } from '../../src/store/index.ts';
import { describePeer } from '../kit/peer.ts';
import { type WatchedOffice, watchOffice } from './watched-office.ts';

const olena = 'olena.koval@romashka.example';

/** The digest comes soon, at a full minute. */
function inAMinute(): string {
  const minute = new Date(Math.ceil((Date.now() + 20_000) / 60_000) * 60_000);
  const time = minute.toLocaleTimeString('en-GB', { timeZone: 'Europe/Kyiv', hour: '2-digit', minute: '2-digit' });
  return `{ email: digest ${time} }`;
}

describePeer('dovecot', 'a digest is answered by mail', () => {
  const here = watchOffice(inAMinute);

  const deliver: WatchedOffice['deliver'] = (fields, text) => here().deliver(fields, text);
  const answer = (id: string, inReplyTo: string | undefined, text: string) =>
    deliver(
      [
        `From: Olena <${olena}>`,
        'To: letopis@romashka.example, office@romashka.example',
        'Subject: Re:',
        `Message-ID: <${id}@romashka.example>`,
        `In-Reply-To: ${inReplyTo}`,
      ],
      text,
    );
  const gists = async () => {
    const rows = await here().store.db.rows<{ subject: string; gist: string | null }>(sql`
      select facts #>> '{details,mail,subject}' as subject, gist from contact where merged_into is null order by started_at`);
    return rows.map(({ subject, gist }) => `${subject}: ${gist ?? '-'}`);
  };
  const aside = () => here().store.db.rows(sql`select fault, facts ->> 'why' as why from quarantine order by id`);

  test('each draft gets what stands behind its number; the rest comes back to her, and that mail can be answered', async () => {
    for (const [n, subject] of ['first', 'second', 'third'].entries())
      deliver(
        [
          `From: Iryna <iryna${n}@acme.example>`,
          `To: Olena <${olena}>, office@romashka.example`,
          `Subject: ${subject}`,
          `Message-ID: <${subject}@acme.example>`,
          `Date: ${new Date(Date.now() - 60_000 + n * 1000).toUTCString()}`,
        ],
        'Please write back.',
      );
    await expect.poll(() => here().smtp.mails.length, { timeout: 95_000, interval: 200 }).toBe(1);
    const [digest] = here().smtp.mails;
    expect(digest?.text).toMatch(/\n\n1\. .*\nhttp\S+\n\n2\. .*\nhttp\S+\n\n3\. .*\nhttp\S+\n/);
    const quoted = digest?.text.replace(/\n/g, '\r\n> ');
    answer(
      'one',
      digest?.messageId,
      `Добрий день!\r\n\r\n3) передзвонити в середу\r\n1. Просить рахунок\r\nна сорок штук\r\n12 шт\r\n\r\n10.11.2026, 16:30, Letopis <letopis@romashka.example> пише:\r\n> ${quoted}`,
    );
    await expect.poll(() => here().smtp.mails.length, { timeout: 20_000 }).toBe(2);
    expect(await gists()).toEqual([
      'first: Просить рахунок\nна сорок штук\n12 шт',
      'second: -',
      'third: передзвонити в середу',
    ]);
    const [, back] = here().smtp.mails;
    expect([back?.to, back?.subject]).toEqual([olena, 'Не все з вашої відповіді вдалося записати']);
    expect(back?.text).toContain('> Добрий день!');
    expect(back?.text).toMatch(/\n\n2\. .*\nhttp\S+\n/);
    expect(back?.text).not.toMatch(/\n[13]\. /);
    expect(await aside()).toEqual([{ fault: 'mail.reply_unclear', why: 'answer to our prompt: taken in part' }]);

    here().dovecot.deliver('office', back?.raw ?? ''); // it comes back into a watched mailbox, as our prompts do
    answer('two', back?.messageId, '2 - нічого важливого');
    await expect.poll(gists, { timeout: 20_000 }).toContain('second: нічого важливого');
    expect(await gists()).toHaveLength(3);
    expect(await aside()).toHaveLength(1);
    expect(here().smtp.mails).toHaveLength(2);
  }, 180_000);
});
