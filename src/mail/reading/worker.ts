import type { MailToRead } from './how.ts';
import { briefly, readMail } from './read.ts';
import { answerRequests } from './threads.ts';

// One thread of `openMailReader`. A mail comes in, its reading goes out; a hang or a lack of memory ends this thread alone.
answerRequests(async ({ bytes, how }: MailToRead) => {
  const read = await readMail(bytes, { documents: how.documents, journal: how.journal, html: !how.brief });
  return how.brief ? briefly(read) : read;
});
