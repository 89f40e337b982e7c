import { SMTPServer } from 'smtp-server';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** The plain text. */
  readonly text: string;
  readonly raw: string;
  readonly messageId: string;
  /** Every address in the plain text. */
  readonly links: readonly string[];
  /** When the server had taken the last byte and was about to say so. */
  readonly acceptedAt: Date;
}

export interface MailServer {
  readonly url: string;
  /** Everything accepted, in order. */
  readonly mails: readonly Mail[];
  close(): Promise<void>;
}

/** A real SMTP server on loopback that keeps what it is given. */
export async function startMailServer(): Promise<MailServer> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(read(Buffer.concat(chunks).toString('latin1'), session.envelope.rcptTo[0]?.address ?? ''));
        done();
      });
    },
  });
  server.on('error', () => {}); // a client that was killed while it talked
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function read(raw: string, to: string): Mail {
  const header = headerOf(raw);
  const text = plainText(raw);
  return {
    to,
    raw,
    text,
    subject: decodeWords(header('Subject')),
    messageId: header('Message-ID'),
    links: text.match(/https?:\/\/[^\s>]+/g) ?? [],
    acceptedAt: new Date(),
  };
}

function headerOf(part: string): (name: string) => string {
  const head = part.split(/\r?\n\r?\n/, 1)[0] ?? '';
  const unfolded = head.replace(/\r?\n[ \t]+/g, ' ');
  return (name) => new RegExp(`^${name}: (.*)$`, 'im').exec(unfolded)?.[1]?.trim() ?? '';
}

/** The text/plain part, wherever it stands. */
function plainText(part: string): string {
  const header = headerOf(part);
  const boundary = /boundary="?([^";]+)"?/i.exec(header('Content-Type'))?.[1];
  const body = part.slice((/\r?\n\r?\n/.exec(part)?.index ?? part.length) + 2).replace(/^\r?\n/, '');
  if (boundary !== undefined) {
    const parts = body.split(`--${boundary}`).slice(1, -1);
    const plain = parts.map((one) => one.replace(/^\r?\n/, '')).find((one) => /^content-type: text\/plain/im.test(one));
    return plain === undefined ? '' : plainText(plain);
  }
  switch (header('Content-Transfer-Encoding').toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable':
      return Buffer.from(unquote(body.replace(/=\r?\n/g, '')), 'latin1').toString('utf8');
    default:
      return Buffer.from(body, 'latin1').toString('utf8');
  }
}

/** RFC 2047. */
function decodeWords(text: string): string {
  const bytes = text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_all, form: string, word: string) =>
      form.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString('latin1') : unquote(word.replace(/_/g, ' ')),
    );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function unquote(text: string): string {
  return text.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
