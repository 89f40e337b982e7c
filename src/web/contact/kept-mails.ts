import type { Files } from '../../files/files.ts';
import { allOf } from '../../intake/mails/work.ts';
import { type AsSent, isForAll, type MailRules, openMailOpener } from '../../mail/index.ts';
import type { Db } from '../../store/base/db.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import { mailBytes } from '../../store/intake/mails.ts';
import { Busy, Places, Remembered } from '../http/places.ts';

/** What was looked for in a kept mail, or why it is not there; `folder`: where it still is, in its mailbox. */
export type Opened<Thing> =
  | { readonly kind: 'opened'; readonly thing: Thing }
  | { readonly kind: 'gone'; readonly why: 'erased' | 'cut' | 'unreadable'; readonly folder: string | null };

/** The mails behind the contacts, as the pages need them. Reading changes nothing. */
export interface KeptMails {
  /** Everybody of us may read it. */
  isForAll(contact: Pick<ContactView, 'connector' | 'channel' | 'mail'>): boolean;
  /** The file at this place of `mail.files`. @throws Fault of the store, files.unavailable (retry); Busy */
  file(mailId: string, index: number): Promise<Opened<Uint8Array>>;
  /**
   * The same for one of many looks at it, the pages of a fax: it is remembered for a minute, and nobody else's mail is loaded
   * in its place before `use` is through. @throws as `file`, and what `use` throws
   */
  withFile<T>(mailId: string, index: number, use: (opened: Opened<Uint8Array>) => Promise<T>): Promise<T>;
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

/** A mail may have 50 MB: so many are in memory at the same time, so many people wait for them. */
const mostOpen = 3;
const mostWaiting = 16;
/** Of a fax's document: what is larger is opened for each page. */
const mostRememberedBytes = 10 * 1024 * 1024;
const rememberedMs = 60_000;

export function openKeptMails({ db, files, rulesOf }: KeptMailsDeps): KeptMails {
  const opener = openMailOpener({ threads: 1, deadlineMs });
  const places = new Places(mostOpen, mostWaiting);
  const remembered = new Remembered<Opened<Uint8Array>>(rememberedMs);
  const open = async (mailId: string, index: number): Promise<Opened<Uint8Array>> => {
    const kept = await read(db, files, mailId);
    if (kept.bytes === null) return gone('erased', kept);
    const file = await opener.attached(kept.bytes, index, kept.cut !== null);
    if (file === 'busy') throw new Busy();
    if (file?.kind === 'file') return { kind: 'opened', thing: file.bytes };
    return gone(file?.kind === 'cut' ? 'cut' : 'unreadable', kept);
  };
  return {
    isForAll: ({ connector, channel, mail }) => isForAll({ channel, to: mail?.to ?? [] }, rulesOf(connector)),
    file: (mailId, index) => places.within(() => open(mailId, index)),
    withFile: (mailId, index, use) =>
      places.within(async () => {
        const key = `${mailId} ${index}`;
        const opened = remembered.get(key) ?? (await open(mailId, index));
        const isSmall = opened.kind === 'opened' && opened.thing.length <= mostRememberedBytes;
        if (isSmall && remembered.get(key) === null) remembered.set(key, opened);
        return use(opened);
      }),
    asSent: (mailId) =>
      places.within(async () => {
        const kept = await read(db, files, mailId);
        if (kept.bytes === null) return gone('erased', kept);
        const mail = await opener.asSent(kept.bytes);
        if (mail === 'busy') throw new Busy();
        return mail === null ? gone('unreadable', kept) : { kind: 'opened', thing: mail };
      }),
    close: () => {
      remembered.forget();
      return opener.close();
    },
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
