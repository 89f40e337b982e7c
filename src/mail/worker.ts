import type { MailRequest } from './mail-read.ts';
import { briefly, readMail } from './read.ts';
import { answerRequests } from './threads.ts';

// One thread of `openMailReader`. A mail comes in, its reading goes out; a hang or a lack of memory ends this thread alone.
answerRequests(async ({ bytes, brief }: MailRequest) => {
  const read = await readMail(bytes);
  return brief ? briefly(read) : read;
});
