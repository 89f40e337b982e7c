import type { Files } from '../files/files.ts';
import { allOf } from '../intake/mails/work.ts';
import { type AsSent, isForAll, type MailRules, openMailOpener } from '../mail/index.ts';
import type { ContactView } from '../store/contacts.ts';
import type { Db } from '../store/db.ts';
import { mailBytes } from '../store/mails.ts';

/** What was looked for in a kept mail, or why it is not there; `folder`: where it still is, in its mailbox. */
export type Opened<Thing> =
  | { readonly kind: 'opened'; readonly thing: Thing }
  | { readonly kind: 'gone'; readonly why: 'erased' | 'cut' | 'unreadable'; readonly folder: string | null };

/** The mails behind the contacts, as the pages need them. Reading changes nothing. */
export interface KeptMails {
  /** Everybody of us may read it. */
  isForAll(contact: Pick<ContactView, 'connector' | 'channel' | 'mail'>): boolean;
  /** The file at this place of `mail.files`. @throws Fault of the store, files.unavailable (retry) */
  file(mailId: string, index: number): Promise<Opened<Uint8Array>>;
  /** The whole mail, HTML included. @throws as `file` */
  asSent(mailId: string): Promise<Opened<AsSent>>;
  close(): Promise<void>;
}

export interface KeptMailsDeps {
  readonly db: Db;
  readonly files: Files;
  /** By which rules a connector's mails are taken. */
  readonly rulesOf: (connector: string) => MailRules;
}

/** A mail that takes longer to open is given up; the worst of our bombs takes a second. */
const deadlineMs = 10_000;

export function openKeptMails({ db, files, rulesOf }: KeptMailsDeps): KeptMails {
  const opener = openMailOpener({ threads: 1, deadlineMs });
  return {
    isForAll: ({ connector, channel, mail }) => isForAll({ channel, to: mail?.to ?? [] }, rulesOf(connector)),
    async file(mailId, index) {
      const kept = await read(db, files, mailId);
      if (kept.bytes === null) return gone('erased', kept);
      const file = await opener.attached(kept.bytes, index, kept.cut !== null);
      if (file?.kind === 'file') return { kind: 'opened', thing: file.bytes };
      return gone(file?.kind === 'cut' ? 'cut' : 'unreadable', kept);
    },
    async asSent(mailId) {
      const kept = await read(db, files, mailId);
      if (kept.bytes === null) return gone('erased', kept);
      const mail = await opener.asSent(kept.bytes);
      return mail === null ? gone('unreadable', kept) : { kind: 'opened', thing: mail };
    },
    close: () => opener.close(),
  };
}

interface Kept {
  readonly bytes: Uint8Array | null;
  readonly cut: string | null;
  readonly folder: string | null;
}

async function read(db: Db, files: Files, mailId: string): Promise<Kept> {
  const row = await mailBytes(db, mailId);
  const { cut = null, folder = null } = row ?? {};
  if (row?.raw) return { bytes: row.raw, cut, folder };
  const chunks = row?.file ? await files.read(row.file) : null;
  return { bytes: chunks === null ? null : await allOf(chunks), cut, folder };
}

function gone(why: 'erased' | 'cut' | 'unreadable', { folder }: Kept): Opened<never> {
  return { kind: 'gone', why, folder };
}
