import { type AsSent, type Attached, type OpenRequest, readAsSent, readAttached } from './as-sent.ts';
import { answerRequests } from './threads.ts';

// One thread of `openMailOpener`. A mail comes in, what a person wants of it goes out.
answerRequests(
  async (request: OpenRequest): Promise<AsSent | Attached> =>
    request.kind === 'as-sent' ? readAsSent(request.bytes) : readAttached(request.bytes, request.index, request.isCut),
);
