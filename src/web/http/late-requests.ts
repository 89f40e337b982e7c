import type { IncomingMessage, ServerResponse } from 'node:http';

/** Requests whose end has not come yet. */
export interface LateRequests {
  /** From now on its end is waited for. @param letGo called once, when it has not come in time */
  began(request: IncomingMessage, letGo: () => void): void;
  /** It may have come: nothing is waited for any more. */
  mayBeWhole(request: IncomingMessage): void;
}

/** One timer for all, and no listeners: nearly every request is whole within a millisecond. */
export function watchLateRequests(withinMs: number): LateRequests {
  const waiting = new Map<IncomingMessage, { readonly sinceMs: number; readonly letGo: () => void }>();
  let isWatching = false;
  const watch = () => {
    const [oldest] = waiting.values();
    isWatching = oldest !== undefined;
    if (oldest) setTimeout(look, Math.max(1, oldest.sinceMs + withinMs - performance.now())).unref();
  };
  const look = () => {
    const since = performance.now() - withinMs;
    for (const [request, { sinceMs, letGo }] of waiting) {
      if (sinceMs > since) break; // they stand in the order in which they began
      waiting.delete(request);
      if (!request.complete && !request.destroyed) letGo();
    }
    watch();
  };
  return {
    began(request, letGo) {
      waiting.set(request, { sinceMs: performance.now(), letGo });
      if (!isWatching) watch();
    },
    mayBeWhole(request) {
      if (request.complete) waiting.delete(request);
    },
  };
}

/** Says that it took too long, unless it was answered before it was whole; nothing is left to say then. */
export function answerLate(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    request.destroy();
    return;
  }
  response.writeHead(408, { connection: 'close', 'content-type': 'text/plain; charset=utf-8' });
  response.end('the request did not arrive in time\n', () => request.destroy());
}
