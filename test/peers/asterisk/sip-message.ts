import { randomBytes } from 'node:crypto';

/** A SIP request or response as received; header names in lower case, in order of arrival. */
export interface SipMessage {
  readonly start: string;
  readonly method: string | null;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly callId: string;
  readonly cseq: number;
  readonly cseqMethod: string;
}

/** Just enough SIP for one exchange on loopback: no folding, no compact names, one body. */
export function parseSip(bytes: Buffer): SipMessage {
  const text = bytes.toString('utf8');
  const cut = text.indexOf('\r\n\r\n');
  const lines = (cut < 0 ? text : text.slice(0, cut)).split('\r\n');
  const start = lines.shift() ?? '';
  const headers = lines.flatMap((line): (readonly [string, string])[] => {
    const colon = line.indexOf(':');
    return colon > 0 ? [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]] : [];
  });
  const isReply = start.startsWith('SIP/2.0');
  const [cseq = '0', cseqMethod = ''] = (headerOf({ headers }, 'cseq') ?? '').split(' ');
  return {
    start,
    headers,
    method: isReply ? null : (start.split(' ')[0] ?? ''),
    status: isReply ? Number(start.slice(8, 11)) : 0,
    body: cut < 0 ? '' : text.slice(cut + 4),
    callId: headerOf({ headers }, 'call-id') ?? '',
    cseq: Number(cseq),
    cseqMethod,
  };
}

export function headerOf(message: Pick<SipMessage, 'headers'>, name: string): string | undefined {
  return message.headers.find(([key]) => key === name)?.[1];
}

export function headersOf(message: SipMessage, name: string): string[] {
  return message.headers.filter(([key]) => key === name).map(([, value]) => value);
}

export function tagOf(address: string | undefined): string | undefined {
  return /;tag=([^;>]+)/.exec(address ?? '')?.[1];
}

export function uriOf(address: string | undefined): string {
  return /<([^>]+)>/.exec(address ?? '')?.[1] ?? (address ?? '').split(';')[0] ?? '';
}

export function newId(): string {
  return randomBytes(6).toString('hex');
}
