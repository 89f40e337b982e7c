import { z } from 'zod';
import { Fault } from '../../connector/index.ts';

/** Where a mailbox is; stands in the facts of its faults. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** What imapflow and node put into their errors. */
const Told = z.object({
  code: z.string().optional().catch(undefined),
  message: z.string().catch(''),
  /** NO or BAD: the server's answer to a command. */
  responseStatus: z.enum(['NO', 'BAD']).optional().catch(undefined),
  responseText: z.string().optional().catch(undefined),
  serverResponseCode: z.string().optional().catch(undefined),
  response: z.unknown().optional(),
  authenticationFailed: z.boolean().optional().catch(undefined),
  tlsFailed: z.boolean().optional().catch(undefined),
  /** What the server said with BYE. */
  reason: z.string().optional().catch(undefined),
});
type Told = z.output<typeof Told>;

const AnswerCode = z.object({
  attributes: z.tuple([z.object({ section: z.tuple([z.object({ value: z.string() })], z.unknown()) })], z.unknown()),
});

/** What an error of imapflow means to us. A Fault stays what it is. */
export function imapFault(error: unknown, place: Place): Fault {
  if (error instanceof Fault) return error;
  const told = Told.safeParse(error).data;
  if (told === undefined) return new Fault('imap.connection_lost', 'retry', { ...place }, error);
  return (
    tlsFault(told, place, error) ??
    answerFault(told, place, error) ??
    loginFault(told, place, error) ??
    lost(told, place, error)
  );
}

function tlsFault({ code = '', tlsFailed, message }: Told, place: Place, error: unknown): Fault | null {
  if (/^EPROTO$|^ERR_SSL|WRONG_VERSION/.test(code)) {
    const cure = 'no TLS is spoken here: give the port for it (993), or tls: starttls for port 143';
    return new Fault('imap.tls_refused', 'reconfigure', { ...place, code, cure }, error);
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(code)) {
    const cure = 'the certificate is not trusted or names another host: give ca, or correct host';
    return new Fault('imap.tls_refused', 'reconfigure', { ...place, code, cure }, error);
  }
  if (tlsFailed === true && (code === '' || code === 'STARTTLS_INJECTION')) {
    const cure = 'the server offers no STARTTLS, or somebody between takes it away: use tls: implicit (993)';
    return new Fault('imap.tls_refused', 'reconfigure', { ...place, message, cure }, error);
  }
  return null;
}

/** The server is well and says no: to this command now (`retry`), or to whoever we say we are. */
function answerFault(told: Told, place: Place, error: unknown): Fault | null {
  const { responseStatus, authenticationFailed, message } = told;
  const text = told.responseText ?? (typeof told.response === 'string' ? told.response : message);
  const answer = told.serverResponseCode ?? answerCode(told);
  const facts = { ...place, answer, text: text.slice(0, 300) };
  if (responseStatus === undefined) return null;
  if (/^(?:UNAVAILABLE|SERVERBUG|INUSE|LIMIT|OVERQUOTA|CONTACTADMIN)$/.test(answer ?? '') || isTransient(text))
    return new Fault('imap.busy', 'retry', facts, error);
  if (authenticationFailed === true || /^(?:AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED)$/.test(answer ?? ''))
    return refusedLogin(facts, error);
  return new Fault('imap.refused', 'retry', { ...facts, status: responseStatus }, error);
}

function isTransient(text: string): boolean {
  return /too many|simultaneous|temporar|try (?:again|later)|throttled|server (?:busy|error)/i.test(text);
}

/** imapflow refuses by itself where the server offers no login that fits. */
function loginFault({ authenticationFailed, code, message }: Told, place: Place, error: unknown): Fault | null {
  const isOurs = /Login is disabled|authentication mechanism|authentication method/.test(message);
  if (!isOurs && (authenticationFailed !== true || code !== undefined)) return null;
  return refusedLogin({ ...place, text: message }, error);
}

function refusedLogin(facts: Record<string, unknown>, error: unknown): Fault {
  const cure = 'compare user and auth with the mailbox: is IMAP allowed for it, is an app password or OAuth2 needed?';
  return new Fault('imap.login_refused', 'reconfigure', { ...facts, cure }, error);
}

function lost({ code = '', reason, message }: Told, place: Place, error: unknown): Fault {
  if (reason !== undefined) return byeFault(reason, place, error);
  if (code === 'GREETING_TIMEOUT') {
    const cure = 'connected, and no greeting comes: a port for TLS (993) needs tls: implicit; or the server is frozen';
    return new Fault('imap.silent', 'retry', { ...place, cure }, error);
  }
  if (/^(?:CONNECT_TIMEOUT|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EACCES)$/.test(code)) {
    const cure = 'is the server up, host and port right, the firewall open for this machine?';
    return new Fault('imap.unreachable', 'retry', { ...place, code, cure }, error);
  }
  return new Fault('imap.connection_lost', 'retry', { ...place, code, message: message.slice(0, 300) }, error);
}

/** A server that says BYE tells why; it is back soon, or has enough of us. */
export function byeFault(reason: string, place: Place, error?: unknown): Fault {
  return new Fault('imap.busy', 'retry', { ...place, text: reason.slice(0, 300) }, error);
}

/** `[UNAVAILABLE]` of an answer. */
function answerCode({ response }: Told): string | null {
  const parsed = AnswerCode.safeParse(response).data;
  return parsed?.attributes[0].section[0].value.toUpperCase() ?? null;
}
