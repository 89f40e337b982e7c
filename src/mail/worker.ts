import { readMail } from './read.ts';
import { answerRequests } from './threads.ts';

// One thread of `openMailReader`. A mail comes in, its reading goes out; a hang or a lack of memory ends this thread alone.
answerRequests((bytes: Uint8Array) => readMail(bytes));
