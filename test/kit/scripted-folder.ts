/** What a client asks. */
export interface Command {
  readonly tag: string;
  /** Everything after the tag. */
  readonly text: string;
  readonly folder: ScriptedFolder | null;
}

interface ScriptedMail {
  readonly uid: number;
  readonly text: string;
  readonly at: Date;
  /** As RFC822.SIZE tells it. */
  readonly size: number;
}

export class ScriptedFolder {
  readonly name: string;
  mails: ScriptedMail[] = [];
  validity = 1700000000;
  uidNext = 1;
  /** HIGHESTMODSEQ, told where the server has CONDSTORE; null: NOMODSEQ. */
  modseq: number | null = 1;
  /** Leaves UIDNEXT out where it can be left out. */
  hidesUidNext = false;

  constructor(name: string) {
    this.name = name;
  }

  add(
    text: string,
    { at = new Date(), size = text.length }: { readonly at?: Date; readonly size?: number } = {},
  ): number {
    const uid = this.uidNext++;
    this.mails.push({ uid, text, at, size });
    this.touch();
    return uid;
  }

  /** Somebody did something in it: a flag, say. */
  touch(): void {
    if (this.modseq !== null) this.modseq += 1;
  }

  /** The server numbers its mails anew. */
  renumber(first = 1): void {
    this.validity += 1;
    this.uidNext = first;
    this.mails = this.mails.map((mail) => ({ ...mail, uid: this.uidNext++ }));
  }

  expunge(uid: number): void {
    this.mails = this.mails.filter((mail) => mail.uid !== uid);
    this.touch();
  }
}

interface Server {
  readonly folders: ReadonlyMap<string, ScriptedFolder>;
  readonly fetched: Set<string>;
  readonly capabilities: string;
}

/** What a plain server answers, without extensions. TAG stands for the command's tag. */
export function answerOf(command: Command, server: Server): string {
  const { text, folder } = command;
  const [first = '', second = ''] = text.toUpperCase().split(' ');
  const verb = first === 'UID' ? `UID ${second}` : first;
  switch (verb) {
    case 'CAPABILITY':
      return `* CAPABILITY ${server.capabilities}\r\nTAG OK done`;
    case 'NAMESPACE':
      return '* NAMESPACE (("" "/")) NIL NIL\r\nTAG OK done';
    case 'LIST':
      return list(text, server);
    case 'NOOP':
    case 'LSUB':
      return 'TAG OK done';
    case 'LOGOUT':
      return '* BYE bye\r\nTAG OK done';
    case 'EXAMINE':
    case 'SELECT':
      return folder === null ? 'TAG NO no such folder' : opened(folder, server);
    case 'STATUS':
      return status(text, server);
    case 'UID SEARCH':
      return `* SEARCH ${search(text.slice(4), folder).join(' ')}\r\nTAG OK done`;
    case 'FETCH':
    case 'UID FETCH':
      return fetch(text, folder, server.fetched);
    default:
      return 'TAG BAD unknown command';
  }
}

function list(text: string, { folders }: Server): string {
  const pattern = /"?([^" ]*)"?$/.exec(text)?.[1] ?? '';
  if (pattern === '') return '* LIST (\\Noselect) "/" ""\r\nTAG OK done';
  const named = [...folders.keys()].filter((name) => pattern === '*' || pattern === name);
  return `${named.map((name) => `* LIST () "/" "${name}"\r\n`).join('')}TAG OK done`;
}

function opened({ mails, validity, uidNext, hidesUidNext, modseq }: ScriptedFolder, { capabilities }: Server): string {
  const highest = modseq === null ? '* OK [NOMODSEQ] none\r\n' : `* OK [HIGHESTMODSEQ ${modseq}] highest\r\n`;
  const marks = /\bCONDSTORE\b/.test(capabilities) ? highest : '';
  const next = hidesUidNext ? '' : `* OK [UIDNEXT ${uidNext}] next\r\n`;
  return `* FLAGS (\\Seen)\r\n* ${mails.length} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY ${validity}] ok\r\n${next}${marks}TAG OK [READ-ONLY] opened`;
}

function status(text: string, { folders }: Server): string {
  const name = /^STATUS "?([^" ]*)"?/i.exec(text)?.[1] ?? '';
  const folder = folders.get(name);
  if (folder === undefined) return 'TAG NO no such folder';
  const highest = /\bHIGHESTMODSEQ\b/i.test(text) ? ` HIGHESTMODSEQ ${folder.modseq ?? 0}` : '';
  return `* STATUS "${name}" (UIDNEXT ${folder.uidNext} UIDVALIDITY ${folder.validity}${highest})\r\nTAG OK done`;
}

/** As RFC 3501 has it: `n:*` with n above the last one means the last one. */
function uidsIn(folder: ScriptedFolder | null, set: string): number[] {
  const last = folder?.mails.at(-1)?.uid ?? 0;
  const ranges = set.split(',').map((part) => {
    const [from = 0, to = from] = part.split(':').map((word) => (word === '*' ? last : Number(word)));
    return [Math.min(from, to), Math.max(from, to)] as const;
  });
  const isIn = (uid: number) => ranges.some(([from, to]) => from <= uid && uid <= to);
  return (folder?.mails ?? []).flatMap(({ uid }) => (isIn(uid) ? [uid] : []));
}

/** `UID 1:7 SINCE 2-Mar-2026` */
function search(text: string, folder: ScriptedFolder | null): number[] {
  const uids = new Set(uidsIn(folder, /\bUID (\S+)/i.exec(text)?.[1] ?? '1:*'));
  const since = Date.parse(`${/\bSINCE "?([\w-]+)/i.exec(text)?.[1] ?? '1-Jan-1970'} UTC`);
  return (folder?.mails ?? []).flatMap(({ uid, at }) => (uids.has(uid) && at.getTime() >= since ? [uid] : []));
}

function fetch(text: string, folder: ScriptedFolder | null, fetched: Set<string>): string {
  const isByUid = /^UID /i.test(text);
  const set = text.split(' ')[isByUid ? 2 : 1] ?? '';
  const mails = folder?.mails ?? [];
  const chosen = isByUid ? uidsIn(folder, set) : mails.flatMap(({ uid }, i) => (String(i + 1) === set ? [uid] : []));
  const answers = chosen.flatMap((uid) => {
    const index = mails.findIndex((mail) => mail.uid === uid);
    const mail = mails[index];
    return mail === undefined ? [] : [`* ${index + 1} FETCH (${itemsOf(mail, text, folder?.name ?? '', fetched)})\r\n`];
  });
  return `${answers.join('')}TAG OK done`;
}

function itemsOf({ uid, text, at, size }: ScriptedMail, asked: string, folder: string, fetched: Set<string>): string {
  const items = [`UID ${uid}`];
  if (/INTERNALDATE/i.test(asked)) items.push(`INTERNALDATE "${internalDate(at)}"`);
  if (/RFC822\.SIZE/i.test(asked)) items.push(`RFC822.SIZE ${size}`);
  const [, section, start, length] = /BODY\.PEEK\[(.*?)\](?:<(\d+)\.(\d+)>)?/i.exec(asked) ?? [];
  if (section === undefined) return items.join(' ');
  const whole = section === '' ? text : `${text.split('\r\n\r\n')[0]}\r\n\r\n`;
  const part = start === undefined ? whole : whole.slice(Number(start), Number(start) + Number(length));
  const origin = start === undefined ? '' : `<${start}>`;
  if (section === '') fetched.add(`${folder}:${uid}`);
  return `${items.join(' ')} BODY[${section}]${origin} {${part.length}}\r\n${part}`;
}

function internalDate(at: Date): string {
  const [, day = '', month = '', year = '', time = ''] = /^\w+, (\d+) (\w+) (\d+) (\S+)/.exec(at.toUTCString()) ?? [];
  return `${day}-${month}-${year} ${time} +0000`;
}
