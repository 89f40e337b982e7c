import { createRequire } from 'node:module';
import { ImapFlow } from 'imapflow';

/** The part of mailparser that the loop uses; it comes without types. */
interface MailParser {
  simpleParser(source: Buffer): Promise<{ readonly messageId?: string; readonly from?: object }>;
}

const { simpleParser }: MailParser = createRequire(import.meta.url)('mailparser');

/** A connection as anybody would open one, with INBOX open for reading. */
export async function openBox({ port, user }: { readonly port: number; readonly user: string }): Promise<ImapFlow> {
  const auth = { user, pass: 'secret' };
  const client = new ImapFlow({ host: '127.0.0.1', port, secure: false, doSTARTTLS: false, auth, logger: false });
  await client.connect();
  await client.mailboxOpen('INBOX', { readOnly: true });
  return client;
}

/** The loop one writes in an afternoon: every mail fetched whole and parsed; nothing is stored. */
export async function fetchAndParse(box: { readonly port: number; readonly user: string }): Promise<number> {
  const client = await openBox(box);
  let parsed = 0;
  for await (const { source } of client.fetch('1:*', { uid: true, source: true })) {
    const mail = await simpleParser(source ?? Buffer.alloc(0));
    if (mail.from !== undefined && mail.messageId !== undefined) parsed += 1;
  }
  client.close();
  return parsed;
}

/** The same with the headers alone, which nobody looks at. */
export async function fetchHeaders(box: { readonly port: number; readonly user: string }): Promise<number> {
  const client = await openBox(box);
  let fetched = 0;
  const query = { uid: true, internalDate: true, size: true, headers: true };
  for await (const { headers } of client.fetch('1:*', query)) if (headers !== undefined) fetched += 1;
  client.close();
  return fetched;
}
