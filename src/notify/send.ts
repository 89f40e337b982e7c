import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { linkLocal, namesLinkLocal, neverLinkLocal } from '../ops/link-local.ts';
import type { Reply } from './decide.ts';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What is read of an answer: enough for a person to see what is wrong. */
const mostRead = 300;

/**
 * One try. Never throws: what goes wrong is the reply. No redirects, no proxy, no connection kept: a link that died silently
 * since the last event would cost a try. Everything together, name to last byte, takes `timeoutMs` at most.
 */
export function post({ url, headers, body, timeoutMs, signal }: Post): Promise<Reply> {
  return new Promise((resolve) => {
    const target = new URL(url);
    if (namesLinkLocal(target)) return resolve({ kind: 'nothing', why: linkLocal });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const bytes = Buffer.from(body);
    const send = target.protocol === 'https:' ? tlsRequest : plainRequest;
    const request = send(target, {
      method: 'POST',
      agent: false,
      lookup: neverLinkLocal,
      signal: limit,
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': bytes.length,
        'user-agent': 'Letopis',
      },
    });
    const nothing = (error: Error) => {
      const late = limit.aborted && !signal.aborted;
      resolve({ kind: 'nothing', why: late ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error) });
    };
    request.on('error', nothing);
    request.on('response', (response) => {
      let text = '';
      const status = response.statusCode ?? 0;
      const retryAfter = response.headers['retry-after'] ?? null;
      const done = () => {
        resolve({ kind: 'answer', status, retryAfter, text: oneLineOf(text) });
        request.destroy();
      };
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > mostRead) done();
      });
      response.on('end', done);
      // The status has come; that the rest did not changes nothing of it.
      response.on('error', done);
    });
    request.end(bytes);
  });
}

function reasonOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? `${error.code}: ${error.message}` : error.message;
}

function oneLineOf(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').slice(0, mostRead);
}
