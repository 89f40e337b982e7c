import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { WebhookRequest } from './connector.ts';
import { type Payload, textOf } from './payload.ts';

const paths = z.array(z.string().min(1)).min(1);

/** How a request proves where it comes from, as written in YAML (`signature:`). */
export const Signature = z.strictObject({
  scheme: z
    .enum(['none', 'token', 'basic', 'hmac', 'digest', 'standard-webhooks'])
    .describe(
      'token: the secret itself, as `Authorization: Bearer …` or `?token=…`; basic: user:password; hmac: a keyed hash; ' +
        'digest: a plain hash over parts, one of them $secret; standard-webhooks: standardwebhooks.com; none: anybody',
    )
    .optional(),
  algorithm: z.enum(['sha256', 'sha1', 'sha512', 'md5']).describe('of hmac and digest; sha256').optional(),
  over: z
    .union([paths, z.record(z.string(), paths)])
    .describe(
      'what is hashed, put together: field paths, $body, $secret; or a table from event to such a list; [$body]',
    )
    .optional(),
  encoding: z
    .enum(['hex', 'base64', 'base64-of-hex'])
    .describe('how the hash is written; hex (base64-of-hex: as PHP’s base64_encode(hash_hmac(…)))')
    .optional(),
  header: z.string().min(1).describe('the header it comes in; x-signature').optional(),
  field: z.string().min(1).describe('the field of the body it comes in, instead of a header').optional(),
  prefix: z.string().describe('what stands before it, such as sha256=').optional(),
  toleranceSeconds: z
    .int()
    .min(1)
    .max(3600)
    .describe('standard-webhooks: how far its clock may be off; 300')
    .optional(),
});
export type Signature = z.output<typeof Signature>;

/** All that is looked at to believe a request. */
export interface Proof {
  readonly request: Pick<WebhookRequest, 'headers' | 'query' | 'body' | 'receivedAt'>;
  /** Null where the body could not be read. */
  readonly payload: Payload | null;
  /** Which event it tells of, for a scheme that hashes other fields for each. */
  readonly event: string;
  readonly secret: string;
}

/** Is the request from who knows the secret? Secrets and hashes are compared in constant time. Pure; never throws. */
export function isSigned(signature: Signature, proof: Proof): boolean {
  const { request, secret } = proof;
  switch (signature.scheme ?? 'none') {
    case 'none':
      return true;
    case 'token': {
      const bearer = /^bearer\s+(\S+)\s*$/i.exec(request.headers['authorization'] ?? '')?.[1];
      return sameSecret(secret, bearer ?? request.query['token'] ?? '');
    }
    case 'basic': {
      const written = /^basic\s+(\S+)\s*$/i.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
      return sameSecret(secret, Buffer.from(written, 'base64').toString());
    }
    case 'standard-webhooks':
      return isStandard(signature.toleranceSeconds ?? 300, proof);
    case 'hmac':
    case 'digest':
      return isHashed(signature, proof);
  }
}

/** Compares in a time that depends on the expected one alone; an empty secret is no secret. */
export function sameSecret(expected: string, given: string): boolean {
  const own = Buffer.from(expected);
  const cut = Buffer.alloc(own.length);
  cut.write(given);
  return timingSafeEqual(own, cut) && Buffer.byteLength(given) === own.length && own.length > 0;
}

/** Compares hashes in constant time; how long they are everybody knows. */
function sameHash(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function isHashed(signature: Signature, proof: Proof): boolean {
  const given = givenHash(signature, proof);
  const parts = partsOf(signature, proof);
  if (given === null || parts === null) return false;
  const algorithm = signature.algorithm ?? 'sha256';
  const hash = signature.scheme === 'hmac' ? createHmac(algorithm, proof.secret) : createHash(algorithm);
  for (const part of parts) hash.update(part);
  const hashed = hash.digest();
  switch (signature.encoding ?? 'hex') {
    case 'hex':
      return sameHash(hashed.toString('hex'), given.toLowerCase());
    case 'base64':
      return sameHash(hashed.toString('base64'), given);
    case 'base64-of-hex':
      return sameHash(Buffer.from(hashed.toString('hex')).toString('base64'), given);
  }
}

function givenHash({ field, header, prefix }: Signature, { request, payload }: Proof): string | null {
  const text =
    field === undefined
      ? request.headers[(header ?? 'x-signature').toLowerCase()]
      : payload === null
        ? null
        : textOf(payload, field);
  if (text == null || text === '') return null;
  if (prefix === undefined || prefix === '') return text.trim();
  return text.startsWith(prefix) ? text.slice(prefix.length).trim() : null;
}

/** A field that is not there is hashed as nothing: optional ones (an extension) are. Null: no rule for this event. */
function partsOf({ over }: Signature, proof: Proof): readonly (string | Uint8Array)[] | null {
  const list = over === undefined ? ['$body'] : Array.isArray(over) ? over : listFor(over, proof.event);
  if (list === null) return null;
  return list.map((part) => {
    if (part === '$body') return proof.request.body;
    if (part === '$secret') return proof.secret;
    return proof.payload === null ? '' : (textOf(proof.payload, part) ?? '');
  });
}

function listFor(table: Readonly<Record<string, readonly string[]>>, event: string): readonly string[] | null {
  if (Object.hasOwn(table, event)) return table[event] ?? null;
  return Object.hasOwn(table, 'else') ? (table['else'] ?? null) : null;
}

/**
 * standardwebhooks.com, version 1.0.0: base64(HMAC-SHA256(key, `id.timestamp.body`)), the key in base64 behind `whsec_`,
 * several signatures apart by spaces, each with its version in front.
 */
function isStandard(toleranceSeconds: number, { request, secret }: Proof): boolean {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map(
    (name) => request.headers[`webhook-${name}`] ?? request.headers[`svix-${name}`] ?? '',
  );
  if (!id || !timestamp || !signatures || !/^\d{1,12}$/.test(timestamp)) return false;
  const offMs = Math.abs(request.receivedAt.getTime() - Number(timestamp) * 1000);
  if (offMs > toleranceSeconds * 1000) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const hash = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(request.body).digest('base64');
  const given = signatures.split(' ').slice(0, 20);
  return given.map((each) => sameHash(`v1,${hash}`, each)).includes(true);
}
