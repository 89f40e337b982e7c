import { z } from 'zod';
import { type Clock, Fault } from '../../connector/index.ts';

const presets = {
  google: { tokenUrl: 'https://oauth2.googleapis.com/token', refreshScope: null, ownScope: null },
  microsoft: {
    tokenUrl: 'https://login.microsoftonline.com/TENANT/oauth2/v2.0/token',
    refreshScope: 'https://outlook.office365.com/IMAP.AccessAsUser.All offline_access',
    ownScope: 'https://outlook.office365.com/.default',
  },
} as const;

export const OAuth = z.strictObject({
  preset: z.enum(['google', 'microsoft']).describe('whose tokens: sets tokenUrl and scope').optional(),
  tenant: z.string().min(1).describe('microsoft: id or domain of the organisation').optional(),
  tokenUrl: z.url().describe('where tokens are had, where no preset says so').optional(),
  clientId: z.string().min(1).describe('the application’s id'),
  clientSecret: z.string().min(1).describe('its secret; write ${env:NAME} or ${file:PATH}').optional(),
  refreshToken: z
    .string()
    .min(1)
    .describe('what a person got by agreeing once; without it the application logs in as itself (client credentials)')
    .optional(),
  scope: z.string().min(1).describe('what the token is to allow, where no preset says so').optional(),
});

export interface OAuthOptions {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string | null;
  /** Null: the application logs in as itself. */
  readonly refreshToken: string | null;
  readonly scope: string | null;
}

/** @returns null when something is missing; then it is told to `context` */
export function oauthOf(written: z.output<typeof OAuth>, context: z.core.$RefinementCtx): OAuthOptions | null {
  const preset = written.preset === undefined ? null : presets[written.preset];
  const refuse = (key: string, message: string) => {
    context.addIssue({ code: 'custom', path: ['auth', 'oauth2', key], message, input: undefined });
    return null;
  };
  const { clientId, tenant, clientSecret = null, refreshToken = null } = written;
  if (written.preset === 'microsoft' && tenant === undefined && written.tokenUrl === undefined)
    return refuse('tenant', 'the tenant: id or domain of the organisation');
  const tokenUrl = written.tokenUrl ?? preset?.tokenUrl.replace('TENANT', encodeURIComponent(tenant ?? 'common'));
  if (tokenUrl === undefined) return refuse('tokenUrl', 'a tokenUrl, or a preset (google, microsoft)');
  if (refreshToken === null && written.preset === 'google')
    return refuse('refreshToken', 'a refreshToken: Google gives applications no mailbox of their own');
  if (refreshToken === null && clientSecret === null)
    return refuse('clientSecret', 'a clientSecret, or a refreshToken of a person');
  const scope = written.scope ?? (refreshToken === null ? preset?.ownScope : preset?.refreshScope) ?? null;
  return { tokenUrl, clientId, clientSecret, refreshToken, scope };
}

interface Token {
  readonly value: string;
  /** Milliseconds of the clock that never jumps. */
  readonly until: number;
}

/** Tokens live longer than a session; they are known by the options they were had with. */
const tokens = new WeakMap<OAuthOptions, Token>();
/** Of Microsoft, which gives a new one with every token. */
const refreshed = new WeakMap<OAuthOptions, string>();

const marginMs = 5 * 60_000;
const patienceMs = 15_000;

const Answer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().optional(),
  refresh_token: z.string().optional(),
});
const Refusal = z.object({ error: z.string(), error_description: z.string().optional() });

/**
 * An access token, had anew shortly before the last one ends.
 *
 * @returns `isNew`: it was had just now
 * @throws Fault oauth.refused (what we present is not accepted), oauth.unreachable
 */
export async function accessToken(
  options: OAuthOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly token: string; readonly isNew: boolean }> {
  const known = tokens.get(options);
  if (known !== undefined && known.until > clock.monotonicMs()) return { token: known.value, isNew: false };
  const answer = await askForToken(options, signal);
  const lifeMs = (answer.expires_in ?? 3600) * 1000;
  const until = clock.monotonicMs() + Math.max(lifeMs - marginMs, lifeMs / 2);
  tokens.set(options, { value: answer.access_token, until });
  if (answer.refresh_token !== undefined) refreshed.set(options, answer.refresh_token);
  return { token: answer.access_token, isNew: true };
}

/** The mail server did not want it. */
export function forgetToken(options: OAuthOptions): void {
  tokens.delete(options);
}

async function askForToken(options: OAuthOptions, signal: AbortSignal): Promise<z.output<typeof Answer>> {
  const { tokenUrl, clientId, clientSecret, scope } = options;
  const refreshToken = refreshed.get(options) ?? options.refreshToken;
  const body = new URLSearchParams({
    client_id: clientId,
    ...(clientSecret === null ? {} : { client_secret: clientSecret }),
    ...(scope === null ? {} : { scope }),
    ...(refreshToken === null
      ? { grant_type: 'client_credentials' }
      : { grant_type: 'refresh_token', refresh_token: refreshToken }),
  });
  const timely = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  try {
    const response = await fetch(tokenUrl, { method: 'POST', body, signal: timely, redirect: 'error' });
    const text = (await response.text()).slice(0, 100_000);
    const answer = response.ok ? Answer.safeParse(readJson(text)).data : undefined;
    if (answer !== undefined) return answer;
    throw refusal(response.status, text, tokenUrl);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('oauth.unreachable', 'retry', { tokenUrl }, error);
  }
}

function refusal(status: number, text: string, tokenUrl: string): Fault {
  const { error, error_description: description } = Refusal.safeParse(readJson(text)).data ?? {};
  const facts = { tokenUrl, status, error, description: description?.slice(0, 300) };
  const isOurs = status >= 400 && status < 500 && status !== 408 && status !== 429;
  if (!isOurs || error === 'temporarily_unavailable') return new Fault('oauth.unreachable', 'retry', facts);
  const cure =
    error === 'invalid_grant'
      ? 'the refresh token has expired or was withdrawn: the person has to agree once more'
      : 'compare clientId, clientSecret (has it expired?), tenant and scope with the application';
  return new Fault('oauth.refused', 'reconfigure', { ...facts, cure });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
