import { expect, test } from 'vitest';
import { createMailbox } from './mailbox.ts';

const mail = { to: 'anna@office.example', subject: 'x', html: '' };

test('every link of a mail is told, in its order; a second copy of the same mail is not', async () => {
  const told: (readonly string[])[] = [];
  const mailbox = createMailbox(
    () => new Date(0),
    (_mail, links) => void told.push(links),
  );
  const digest = {
    ...mail,
    messageId: '<1@x>',
    text: 'a\nhttp://x.example/d/1\n\nb\nhttp://x.example/d/2\n\n-- \nwhy\n',
  };
  await mailbox.send(digest);
  await mailbox.send(digest);
  await mailbox.send({ ...mail, text: 'no link' });
  expect(told).toEqual([['http://x.example/d/1', 'http://x.example/d/2'], []]);
});
