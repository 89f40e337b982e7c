import { createHmac } from 'node:crypto';

export interface Signed {
  /** The event's id, the same at every try. */
  readonly id: string;
  /** Of this try. */
  readonly sentAt: Date;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks 1.0.0: one signature for each secret, so that a receiver that knows the old or the new
 * one believes it while secrets change. @param secrets `whsec_` and the key in base64
 */
export function signedHeaders(
  { id, sentAt, body }: Signed,
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
