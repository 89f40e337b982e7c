import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../ops/clock.ts';
import { accessToken, forgetToken, type OAuthOptions } from './oauth.ts';

let server: Server | null = null;
afterEach(() => server?.close());

interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

/** A token server that gives its answers in turn; the last one for ever. */
async function tokensFrom(...answers: readonly Answer[]) {
  const asked: URLSearchParams[] = [];
  const started = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const answer = answers[Math.min(asked.length, answers.length - 1)];
      asked.push(new URLSearchParams(text));
      const body = typeof answer?.body === 'string' ? answer.body : JSON.stringify(answer?.body);
      response.writeHead(answer?.status ?? 200, { 'content-type': 'application/json' }).end(body);
    });
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', () => resolve()));
  const address = started.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const options: OAuthOptions = {
    tokenUrl: `http://127.0.0.1:${port}/token`,
    clientId: 'id',
    clientSecret: 'hush',
    refreshToken: 'refresh-1',
    scope: null,
  };
  return { asked, options };
}

const { signal } = new AbortController();
const ask = (options: OAuthOptions, clock = systemClock) => accessToken(options, clock, signal);
const given = (token: string, more: object = {}) => ({ body: { access_token: token, expires_in: 3600, ...more } });

test('a token is kept until shortly before it ends', async () => {
  const { asked, options } = await tokensFrom(given('one'), given('two'));
  let nowMs = 0;
  const clock = { ...systemClock, monotonicMs: () => nowMs };
  expect(await ask(options, clock)).toEqual({ token: 'one', isNew: true });
  nowMs = 3_000_000;
  expect(await ask(options, clock)).toEqual({ token: 'one', isNew: false });
  nowMs = 3_350_000;
  expect(await ask(options, clock)).toEqual({ token: 'two', isNew: true });
  expect(asked).toHaveLength(2);
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'refresh-1',
    client_id: 'id',
    client_secret: 'hush',
  });
});

test('one that the mail server does not want is had anew, with the refresh token that came with it', async () => {
  const { asked, options } = await tokensFrom(given('one', { refresh_token: 'refresh-2' }), given('two'));
  await ask(options);
  forgetToken(options);
  expect(await ask(options)).toEqual({ token: 'two', isNew: true });
  expect(asked.map((one) => one.get('refresh_token'))).toEqual(['refresh-1', 'refresh-2']);
});

test('without a person’s token the application logs in as itself', async () => {
  const { asked, options } = await tokensFrom(given('one'));
  await ask({ ...options, refreshToken: null, scope: 'all/.default' });
  expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({ grant_type: 'client_credentials', scope: 'all/.default' });
});

test.each([
  ['the person has to agree once more', 400, { error: 'invalid_grant' }, 'oauth.refused', 'reconfigure'],
  ['a wrong secret', 401, { error: 'invalid_client' }, 'oauth.refused', 'reconfigure'],
  ['no JSON at all', 403, '<html>', 'oauth.refused', 'reconfigure'],
  ['too often', 429, { error: 'slow_down' }, 'oauth.unreachable', 'retry'],
  ['not now', 503, '', 'oauth.unreachable', 'retry'],
  ['not now, in words', 400, { error: 'temporarily_unavailable' }, 'oauth.unreachable', 'retry'],
  ['success without a token', 200, { hello: 1 }, 'oauth.unreachable', 'retry'],
])('%s', async (_story, status, body, code, remedy) => {
  const { options } = await tokensFrom({ status, body });
  const error = await ask(options).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'Fault', code, remedy });
  expect(JSON.stringify(error)).not.toMatch(/hush|refresh-1/);
});

test('nobody there is for time to heal', async () => {
  const { options } = await tokensFrom(given('one'));
  await new Promise((resolve) => server?.close(resolve));
  await expect(ask(options)).rejects.toMatchObject({ code: 'oauth.unreachable', remedy: 'retry' });
});
