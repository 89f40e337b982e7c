import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { shorten } from '../../core/text.ts';
import {
  decideMail,
  type MailOffice,
  type MailRead,
  MailsSeen,
  type MailVerdict,
  openMailReader,
} from '../../mail/index.ts';
import { readArguments, usageError } from '../base/arguments.ts';
import { type Command, type ExitCode, exit, type Io } from '../base/command.ts';
import { mailOfficeOf } from './office.ts';

export const command: Command = {
  summary: 'what would be captured from mail files, or why not',
  usage: `usage: letopis mail FILE… [--config FILE] [--own-domain DOMAIN]… [--mailbox ADDRESS]… [--connector NAME] [--json]

FILE is one mail as its server keeps it (.eml). Nothing is stored.
  --config FILE        own.domains, people, office.country and the watched mailboxes are taken from it
                       (default config/letopis.yml where it exists)
  --own-domain DOMAIN  a mail domain of ours, beside those of the configuration or in place of one
  --mailbox ADDRESS    a shared mailbox that is watched: what an employee forwards there counts as the client's mail
  --connector NAME     judge as if it had come into this mailbox of the configuration: its fax profiles, its rules
  --json               one JSON document per file, in order`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, {
      config: 'value',
      json: 'flag',
      'own-domain': 'values',
      mailbox: 'values',
      connector: 'value',
    });
    if (rest.length === 0) throw usageError('expected a FILE, one mail as its server keeps it (.eml)');
    const office = mailOfficeOf(
      options.config,
      { domains: options['own-domain'], mailboxes: options.mailbox, connector: options.connector },
      io,
    );
    const run: Run = { office, seen: new MailsSeen(), threads: new Map() };
    const reader = openMailReader({ threads: 2, deadlineMs: 30_000 });
    let worst: ExitCode = exit.done;
    try {
      // The next file is read while this one is told; no more, for a whole mailbox may be named.
      let coming = load(rest[0] ?? '', reader.read, io);
      for (const [index, file] of rest.entries()) {
        const loaded = await coming;
        const following = rest[index + 1];
        if (following !== undefined) coming = load(following, reader.read, io);
        if ('error' in loaded) worst = exit.failed;
        tell(file, loaded, run, options.json, io);
      }
    } finally {
      await reader.close();
    }
    return worst;
  },
};

interface Run {
  readonly office: MailOffice;
  readonly seen: MailsSeen<string>;
  /** Message-ID → the first mail of its thread, of the mails of this run. */
  readonly threads: Map<string, string>;
}

type Loaded = { readonly mail: MailRead } | { readonly error: { readonly code: string; readonly message: string } };

async function load(file: string, read: (bytes: Uint8Array) => Promise<MailRead>, io: Io): Promise<Loaded> {
  try {
    return { mail: await read(await readFile(resolve(io.cwd, file))) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const message = error instanceof Error ? error.message : String(error);
    return { error: { code: `mail.${code.toLowerCase()}`, message: `${file}: ${message}` } };
  }
}

function tell(file: string, loaded: Loaded, run: Run, json: boolean, io: Io): void {
  if ('error' in loaded) {
    io.err(`letopis mail: ${loaded.error.message}`);
    if (json) io.out(JSON.stringify({ file, error: loaded.error }));
    return;
  }
  const { mail } = loaded;
  const judged = decideMail(mail, run.office);
  const first = judged.verdict === 'unreadable' ? null : run.seen.meet(mail, file);
  const thread = threadOf(mail, run.threads);
  const verdict = first === null ? judged.verdict : 'duplicate';
  const reason = first === null ? judged.reason : `the same mail as ${first}`;
  const shown: Shown = { ...judged, verdict, reason, thread };
  io.out(json ? JSON.stringify(document(file, mail, shown)) : inWords(file, mail, shown));
}

/** The first mail of the thread: References may have lost it, a mail seen before may know it. */
function threadOf({ head }: MailRead, threads: Map<string, string>): string | null {
  const chain = [...head.references, ...(head.inReplyTo === null ? [] : [head.inReplyTo])];
  const known = chain.map((id) => threads.get(id)).find((id) => id !== undefined);
  const root = known ?? chain[0] ?? head.messageId;
  if (root === null) return null;
  for (const id of [...chain, ...(head.messageId === null ? [] : [head.messageId])]) {
    if (!threads.has(id)) threads.set(id, root);
  }
  return root;
}

type Shown = Omit<MailVerdict, 'verdict'> & {
  readonly verdict: MailVerdict['verdict'] | 'duplicate';
  readonly thread: string | null;
};

/** The contract of `letopis mail --json` (DESIGN §14). */
function document(file: string, mail: MailRead, shown: Shown): Record<string, unknown> {
  const { verdict, reason, channel, direction, from, client, employee, fax, thread, originalSender, authenticity } =
    shown;
  return {
    file,
    verdict,
    reason,
    channel,
    direction,
    from,
    to: shown.to.join(', ') || null,
    client,
    employee,
    subject: mail.head.subject,
    messageId: mail.head.messageId,
    thread,
    text: mail.text,
    attachments: mail.attachments
      .filter(({ isInline }) => !isInline)
      .map(({ name, type, sizeBytes }) => ({ name, type, sizeBytes })),
    fax: fax === null ? null : faxDocument(fax),
    originalSender,
    authenticity,
  };
}

function faxDocument({
  status,
  number,
  station,
  name,
  pages,
  document: doc,
  to,
  error,
}: NonNullable<MailVerdict['fax']>) {
  return { status, number, station, name, pages, document: doc, to, error };
}

function inWords(file: string, mail: MailRead, shown: Shown): string {
  const head = `${file}: ${shown.verdict}: ${shown.reason}`;
  if (shown.verdict === 'unreadable') return head;
  const who = `${shown.direction ?? ''} ${shown.channel}: ${shown.from ?? 'unknown'} → ${shown.to.join(', ') || 'unknown'}`;
  const party = shown.client === null ? [] : [`client ${shown.client.value}`];
  const parts = [
    ...party,
    ...(shown.employee === null ? [] : [`our ${shown.employee}`]),
    ...(shown.originalSender === null ? [] : [`written by ${shown.originalSender}`]),
    ...(shown.fax?.pages ? [`${shown.fax.pages} pages`] : []),
    ...(shown.authenticity === 'claimed' ? ['the sender’s address is not proven'] : []),
    ...mail.attachments
      .filter(({ isInline }) => !isInline)
      .map(({ name, sizeBytes }) => `${name} (${sizeBytes} bytes)`),
  ];
  const text = shorten(mail.text.replace(/\s+/g, ' '), 200);
  return [
    head,
    `  ${who}`,
    `  ${mail.head.subject || '(no subject)'}`,
    ...(parts.length > 0 ? [`  ${parts.join('; ')}`] : []),
    ...(text === '' ? [] : [`  ${text}`]),
  ].join('\n');
}
