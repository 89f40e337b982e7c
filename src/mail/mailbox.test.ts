import { describe, expect, test } from 'vitest';
import { type GeneratedMail, makeMailbox } from '../../test/mailbox/make-mailbox.ts';
import { ourDomain, type World } from '../../test/mailbox/world.ts';
import { decideMail, type MailOffice, type MailRead, MailsSeen, mailOffice, readMail } from './index.ts';

const flat = (text: string) => text.replace(/\s+/g, ' ').trim();

interface Outcome {
  readonly mail: GeneratedMail;
  readonly read: MailRead;
  readonly verdict: ReturnType<typeof decideMail>;
  readonly copyOf: string | null;
}

async function readBox(mails: readonly GeneratedMail[], office: MailOffice): Promise<readonly Outcome[]> {
  const seen = new MailsSeen<string>();
  const outcomes: Outcome[] = [];
  for (const mail of mails) {
    const read = await readMail(mail.raw);
    outcomes.push({ mail, read, verdict: decideMail(read, office), copyOf: seen.meet(read, mail.truth.file) });
  }
  return outcomes;
}

const knowing = ({ employees, captureBox, faxBox }: World) =>
  mailOffice({
    domains: [ourDomain],
    people: employees.map(({ email }) => email),
    mailboxes: [captureBox, faxBox],
    region: 'UA',
  });

describe.each([1, 2, 3, 20_261_122])('a generated mailbox, seed %i', async (seed) => {
  const { mails, world } = makeMailbox({ n: 700, seed, medianBytes: 4000 });
  const outcomes = await readBox(mails, knowing(world));
  /** What differs from the truth, whole mails side by side; empty is right. */
  const wrong = (say: (outcome: Outcome) => readonly [unknown, unknown] | null) =>
    outcomes.flatMap((outcome) => {
      const pair = say(outcome);
      if (pair === null || JSON.stringify(pair[0]) === JSON.stringify(pair[1])) return [];
      return [{ file: outcome.mail.truth.file, kind: outcome.mail.truth.kind, is: pair[0], expected: pair[1] }];
    });

  test('headers and attachments', () => {
    expect(
      wrong(({ read: { head, attachments, fullness }, mail: { truth } }) => [
        {
          ...picked(head),
          fullness,
          files: attachments.map(({ name, type, sizeBytes }) => ({ name, mime: type, size: sizeBytes })),
        },
        {
          id: truth.messageId,
          from: truth.from.toLowerCase(),
          to: truth.to,
          subject: flat(truth.subject),
          fullness: 'whole',
          files: truth.attachments,
        },
      ]),
    ).toEqual([]);
  });

  test('contact or not, copies told apart', () => {
    expect(
      wrong(({ verdict, copyOf, mail: { truth } }) => [
        copyOf === null && verdict.verdict === 'contact',
        truth.capture,
      ]),
    ).toEqual([]);
    expect(
      wrong(({ copyOf, mail: { truth } }) => (truth.kind === 'duplicate' ? [copyOf !== null, true] : [copyOf, null])),
    ).toEqual([]);
  });

  test('direction, channel, client and employee', () => {
    expect(
      wrong(({ verdict: { direction, channel, client, employee, originalSender }, mail: { truth } }) => {
        if (!truth.capture) return null;
        const other = truth.originalFrom ?? (truth.direction === 'in' ? truth.from : truth.to);
        return [
          { direction, channel, client: client?.value, employee, originalSender },
          {
            direction: truth.direction === 'in' ? 'inbound' : 'outbound',
            channel: truth.fax === null ? 'email' : 'fax',
            client: truth.fax?.from ?? other,
            employee: truth.fax === null ? (truth.forwardedBy ?? truth.employee) : null,
            originalSender: truth.originalFrom,
          },
        ];
      }),
    ).toEqual([]);
  });

  test('faxes: number, station, pages', () => {
    expect(
      wrong(({ verdict: { fax }, mail: { truth } }) => {
        if (truth.fax === null) return [fax, null];
        const { gateway, from, pages, tsid } = truth.fax;
        const isSaid = gateway !== 'freepbx';
        const hasStation = gateway === 'hylafax' || gateway === 'efax';
        return [
          {
            status: fax?.status,
            number: fax?.number,
            pages: fax?.pages,
            station: fax?.station,
            document: fax?.document,
          },
          {
            status: 'received',
            number: from,
            pages: isSaid ? pages : null,
            station: hasStation ? tsid : null,
            document: truth.attachments[0]?.name,
          },
        ];
      }),
    ).toEqual([]);
    const counted = outcomes.flatMap(({ verdict, mail: { truth } }) =>
      verdict.fax?.document?.endsWith('.tif') ? [[verdict.fax.documentPages, truth.fax?.pages]] : [],
    );
    expect(counted.filter(([is, expected]) => is !== expected)).toEqual([]);
  });

  test('the gist is kept, the quote is cut', () => {
    const people = outcomes.filter(({ mail: { truth } }) => truth.kind !== 'fax' && truth.kind !== 'dsn');
    const lost = people.filter(({ read, mail: { truth } }) => !flat(read.text).includes(flat(truth.gist)));
    expect(lost.map(({ read, mail: { truth } }) => ({ file: truth.file, text: read.text, gist: truth.gist }))).toEqual(
      [],
    );
    const replies = people.filter(({ mail: { truth } }) => truth.kind === 'client_reply');
    const cut = replies.filter(({ read, mail: { truth } }) => flat(read.text).length <= flat(truth.gist).length + 45);
    expect(cut.length / replies.length).toBeGreaterThanOrEqual(0.98);
  });
});

function picked({ messageId, from, to, subject }: MailRead['head']) {
  return { id: messageId, from: from?.email, to: to[0]?.email, subject: flat(subject) };
}

test('with nothing known but our domain the same mails are contacts', async () => {
  const { mails } = makeMailbox({ n: 400, seed: 5, medianBytes: 2000 });
  const outcomes = await readBox(mails, mailOffice({ domains: [ourDomain] }));
  const wrong = outcomes.filter(
    ({ verdict, copyOf, mail: { truth } }) => (copyOf === null && verdict.verdict === 'contact') !== truth.capture,
  );
  expect(wrong.map(({ mail, verdict }) => [mail.truth.file, mail.truth.kind, verdict.reason])).toEqual([]);
});
