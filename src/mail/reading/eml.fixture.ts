/** A mail for tests, as a mail server would keep it; lines end in CRLF, text goes as UTF-8 in 8 bit. */
export interface Eml {
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
  /** Further header lines, above all others. */
  readonly headers?: readonly string[];
  readonly files?: readonly { readonly name: string; readonly type: string; readonly content?: Uint8Array }[];
  readonly messageId?: string | null;
}

export function eml(mail: Eml): Buffer {
  const head = [
    ...(mail.headers ?? []),
    `From: ${mail.from ?? 'Анна <anna@client.example>'}`,
    `To: ${mail.to ?? 'olga@ours.example'}`,
    `Subject: ${mail.subject ?? 'Заказ'}`,
    'Date: Tue, 17 Nov 2026 10:15:30 +0200',
    ...(mail.messageId === null ? [] : [`Message-ID: ${mail.messageId ?? '<1@client.example>'}`]),
    'MIME-Version: 1.0',
  ];
  const bodies = [
    ...(mail.text === undefined && mail.html !== undefined ? [] : [part('text/plain', mail.text ?? '')]),
    ...(mail.html === undefined ? [] : [part('text/html', mail.html)]),
  ];
  const body = bodies.length === 1 ? (bodies[0] ?? '') : multipart('alternative', bodies);
  const files = (mail.files ?? []).map(({ name, type, content }) => {
    const data = Buffer.from(content ?? 'x').toString('base64');
    return `Content-Type: ${type}; name="${name}"\nContent-Disposition: attachment; filename="${name}"\nContent-Transfer-Encoding: base64\n\n${data}\n`;
  });
  const whole = files.length === 0 ? body : multipart('mixed', [body, ...files]);
  return Buffer.from(`${head.join('\n')}\n${whole}`.replace(/\r?\n/g, '\r\n'));
}

function part(type: string, text: string): string {
  return `Content-Type: ${type}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n${text}\n`;
}

function multipart(kind: string, parts: readonly string[]): string {
  const boundary = `=_${kind}_boundary`;
  const inside = parts.map((one) => `--${boundary}\n${one}\n`).join('');
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\n\n${inside}--${boundary}--\n`;
}
