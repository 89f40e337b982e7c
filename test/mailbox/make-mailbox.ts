import { Chance, pad } from './chance.ts';
import { type FaxTruth, faxMail } from './fax-mails.ts';
import {
  type Attached,
  encodeWords,
  fold,
  isWritable,
  mailbox,
  type Part,
  type Person,
  rfcDate,
  Writer,
} from './mime.ts';
import { divs, longDate, type Quoted, quoted, type Style, styles } from './quotes.ts';
import { type Lang, words } from './words.ts';
import { type Client, makeWorld, ourDomain, phoneOf, publicDomains, type World } from './world.ts';

export type Kind = keyof typeof kinds;
const kinds = {
  client_new: 22,
  client_reply: 22,
  sent: 14,
  internal: 8,
  bulk: 7,
  autoreply: 3,
  dsn: 2,
  fax: 4,
  unknown: 5,
  forwarded: 3,
  invite: 2,
  duplicate: 3,
  system: 3,
  domain_only: 2,
} as const;

/** What is true of a generated mail. */
export interface MailTruth {
  readonly file: string;
  readonly kind: Kind;
  readonly lang: Lang;
  readonly messageId: string;
  readonly date: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** Of what is a contact; null: it is none. */
  readonly direction: 'in' | 'out' | null;
  readonly capture: boolean;
  readonly channel: 'email' | 'fax' | 'meeting';
  /** Address of the employee whose contact it is. */
  readonly employee: string;
  readonly forwardedBy: string | null;
  readonly originalFrom: string | null;
  /** Message-ID of the first mail of the thread. */
  readonly thread: string;
  readonly style: Style | 'forward' | null;
  /** The new text with its greeting and signature, and without them. */
  readonly reply: string;
  readonly gist: string;
  readonly attachments: readonly Attached[];
  readonly fax: FaxTruth | null;
  /** File of the mail this one is a copy of. */
  readonly of: string | null;
}
export interface GeneratedMail {
  readonly raw: Buffer;
  readonly truth: MailTruth;
}
export interface MailboxOptions {
  readonly n: number;
  readonly seed: number;
  /** Of the mails' sizes, bytes; default 12,000. */
  readonly medianBytes?: number;
}

interface Thread {
  readonly client: Client;
  readonly peer: Person;
  readonly root: string;
  readonly refs: string[];
  readonly subject: string;
  last: { readonly id: string; readonly mail: Quoted; readonly isOut: boolean };
}

/**
 * The mailbox of a made-up company, with the truth about every mail: ru/uk/en, four charsets, threads quoted the way six
 * mail programs do, automatic mail, faxes, forwards, copies. Same options, same bytes.
 */
export function makeMailbox(options: MailboxOptions): {
  readonly mails: readonly GeneratedMail[];
  readonly world: World;
} {
  const chance = new Chance(options.seed);
  const office = new Office(options, chance, makeWorld(chance));
  for (let n = 1; n <= options.n; n++) office.write(n);
  return { mails: office.mails, world: office.world };
}

const start = Date.parse('2026-01-12');
const filler = (bytes: number) =>
  `<table role="presentation" width="600" style="border-collapse:collapse;font-family:Arial,sans-serif">${'<tr><td style="padding:8px 16px;border-bottom:1px solid #eeeeee;font-size:13px;color:#333333">&nbsp;</td></tr>'.repeat(Math.ceil(bytes / 110))}</table>`;

/** A mail while it is being written. */
interface Sketch {
  readonly n: number;
  readonly date: Date;
  readonly kind: Kind;
  readonly lang: Lang;
  readonly client: Client;
  readonly who: Person;
  readonly num: number;
  readonly what: string;
  readonly gist: string;
  from: Person;
  to: Person;
  subject: string;
  headers: string[];
  parts: Part[];
  style: Style | 'forward' | null;
  reply: string;
  full: string;
  html: string | null;
  direction: 'in' | 'out' | null;
  capture: boolean;
  channel: MailTruth['channel'];
  employee: string;
  forwardedBy: string | null;
  originalFrom: string | null;
  root: string | null;
  fax: FaxTruth | null;
}

class Office {
  readonly mails: GeneratedMail[] = [];
  readonly world: World;
  readonly #options: MailboxOptions;
  readonly #chance: Chance;
  readonly #writer: Writer;
  readonly #threads: Thread[] = [];
  readonly #sources: GeneratedMail[] = [];

  constructor(options: MailboxOptions, chance: Chance, world: World) {
    this.#options = options;
    this.#chance = chance;
    this.#writer = new Writer(chance, options.seed);
    this.world = world;
  }

  write(n: number): void {
    const chance = this.#chance;
    const between = Math.floor((n * 31536e6) / 2 / this.#options.n / 1000) * 1000;
    const date = new Date(start + between + chance.int(0, 500) * 1000);
    let kind = chance.weighted(kinds);
    const isTooEarly =
      (kind === 'client_reply' && this.#threads.length === 0) || (kind === 'duplicate' && this.#sources.length === 0);
    if (isTooEarly) kind = 'client_new';
    const file = `${pad(n, 6)}.eml`;
    if (kind === 'duplicate') return this.#copy(file, date);
    const faxClients = this.world.clients.filter(({ phones }) => phones.length > 0);
    const picked = chance.pick(kind === 'fax' ? faxClients : this.world.clients);
    const thread = kind === 'client_reply' ? chance.pick(this.#threads.slice(-300)) : null;
    const sketch = this.#sketch(n, date, kind, thread, picked);
    this.#finish(file, sketch.mail, sketch.charset, sketch.messageId, thread);
  }

  /** The same mail delivered again: other trace headers, same Message-ID. */
  #copy(file: string, date: Date): void {
    const { raw, truth } = this.#chance.pick(this.#sources.slice(-200));
    const trace = `Delivered-To: archive@${ourDomain}\r\nReceived: from relay.${ourDomain} by mx2.${ourDomain}; ${rfcDate(date)}\r\n`;
    this.mails.push({
      raw: Buffer.concat([Buffer.from(trace), raw]),
      truth: { ...truth, file, kind: 'duplicate', capture: false, of: truth.of ?? truth.file },
    });
  }

  #sketch(n: number, date: Date, kind: Kind, thread: Thread | null, picked: Client) {
    const chance = this.#chance;
    const client = thread?.client ?? picked;
    const who = thread?.peer ?? chance.pick(client.people);
    const employee = this.world.employees.find(({ email }) => email === client.employee);
    if (employee === undefined) throw new Error('a client without an employee');
    const lang: Lang = kind === 'bulk' || kind === 'system' ? 'en' : client.lang;
    const l = words[lang];
    const charset = this.#charset(lang);
    const num = 1000 + n;
    const what = chance.pick(l.what);
    const sentence = (i: number) =>
      (i ? chance.pick(l.say) : (l.say[n % l.say.length] ?? '')).replace('{w}', what).replace('{n}', String(num + i));
    const gist = Array.from({ length: chance.int(1, 3) }, (_, i) => sentence(i)).join(' ');
    const domain = kind === 'sent' ? ourDomain : who.email.split('@')[1];
    const messageId = `<${n}.${this.#options.seed}.${chance.int(1e8, 9e8)}@${domain}>`;
    const mail: Sketch = {
      n,
      date,
      kind,
      lang,
      client,
      who,
      num,
      what,
      gist,
      from: who,
      to: employee,
      subject: `${what.replace(/^the /, '')} № ${num}`,
      headers: [],
      parts: [],
      style: null,
      reply: '',
      full: '',
      html: null,
      direction: 'in',
      capture: true,
      channel: 'email',
      employee: employee.email,
      forwardedBy: null,
      originalFrom: null,
      root: null,
      fax: null,
    };
    this.#compose(mail);
    if (kind === 'sent' || (thread?.last.isOut === false && chance.is(0.4))) {
      [mail.from, mail.to, mail.direction] = [employee, who, 'out'];
      this.#compose(mail);
    }
    if (thread !== null) this.#answer(mail, thread);
    else this.#shape(mail);
    return { mail, charset, messageId };
  }

  #charset(lang: Lang): string {
    if (lang === 'en') return 'utf-8';
    if (lang === 'uk') return this.#chance.weighted({ 'utf-8': 7, 'windows-1251': 2, 'koi8-u': 1 });
    return this.#chance.weighted({ 'utf-8': 6, 'windows-1251': 2, 'koi8-r': 2 });
  }

  #compose(mail: Sketch): void {
    const chance = this.#chance;
    const l = words[mail.lang];
    const body = `${chance.pick(l.hi)}\n\n${mail.gist}`;
    const sign = () =>
      `${chance.pick(l.bye)}\n${mail.from.name}${chance.is(0.5) ? `\n${mail.client.name}, ${chance.pick(['тел.', 'tel.'])} ${phoneOf(mail.lang, mail.n)}` : ''}`;
    const tail = chance.is(0.7)
      ? `\n\n${chance.is(0.3) ? '-- \n' : ''}${sign()}`
      : chance.is(0.3)
        ? `\n\n${chance.pick(l.sent)}`
        : '';
    mail.reply = mail.full = body + tail;
  }

  #answer(mail: Sketch, thread: Thread): void {
    const chance = this.#chance;
    const style = chance.weighted(styles[mail.lang]);
    const bottom = style !== 'outlook' && chance.is(0.1);
    mail.style = style;
    mail.subject = thread.subject.startsWith('Re:') ? thread.subject : words[mail.lang].re + thread.subject;
    mail.root = thread.root;
    mail.headers.push(`In-Reply-To: ${thread.last.id}`, `References: ${thread.refs.slice(-12).join('\r\n ')}`);
    const { text, html } = quoted(mail.reply, thread.last.mail, style, mail.lang, bottom);
    mail.full = text;
    mail.html = `<html><body>${html}</body></html>`;
  }

  #skip(mail: Sketch): void {
    mail.capture = false;
    mail.direction = null;
  }

  #shape(mail: Sketch): void {
    const chance = this.#chance;
    const { n, date, lang, who, num, client } = mail;
    switch (mail.kind) {
      case 'internal': {
        const one = chance.pick(this.world.employees);
        mail.from = one;
        mail.to = chance.pick(this.world.employees.filter((other) => other !== one));
        return this.#skip(mail);
      }
      case 'bulk':
        mail.from = { name: 'Trade Weekly', email: `news@list${chance.int(1, 9)}.example` };
        mail.subject = `Weekly offers ${num}`;
        mail.headers.push(
          'List-Id: <news.list.example>',
          'List-Unsubscribe: <mailto:leave@list.example>',
          'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
          'Precedence: bulk',
        );
        return this.#skip(mail);
      case 'system':
        mail.from = { name: 'Bank notices', email: 'no-reply@bank.example' };
        mail.subject = `Statement ${num}`;
        mail.headers.push('Auto-Submitted: auto-generated', 'X-Auto-Response-Suppress: All');
        return this.#skip(mail);
      case 'autoreply':
        mail.subject =
          { ru: 'Автоответ: ', uk: 'Автоматична відповідь: ', en: 'Automatic reply: ' }[lang] + mail.subject;
        mail.headers.push(
          ...chance.pick([
            ['Auto-Submitted: auto-replied'],
            ['X-Autoreply: yes', 'Precedence: auto_reply'],
            ['X-Auto-Response-Suppress: All', 'Auto-Submitted: auto-generated'],
            ['X-Autorespond: out of office'],
          ]),
        );
        mail.full = mail.reply = {
          ru: 'Я в отпуске до понедельника.',
          uk: 'Я у відпустці до понеділка.',
          en: 'I am out of the office until Monday.',
        }[lang];
        return this.#skip(mail);
      case 'unknown':
        mail.from = { name: who.name, email: `guest${n}@${chance.pick([...publicDomains, 'unknown.example'])}` };
        return;
      case 'domain_only': {
        if (client.domain === null) return;
        const l = words[lang];
        mail.from = { name: `${chance.pick(l.first)} ${chance.pick(l.last)}`, email: `new${n}@${client.domain}` };
        return;
      }
      case 'forwarded':
        return this.#forward(mail);
      case 'invite':
        return this.#invite(mail);
      case 'dsn':
        mail.from = { name: 'Mail Delivery System', email: `MAILER-DAEMON@${ourDomain}` };
        mail.subject = 'Undelivered Mail Returned to Sender';
        mail.headers.push('Auto-Submitted: auto-replied');
        mail.full =
          mail.reply = `This is the mail system at host mx.${ourDomain}.\n\n<${who.email}>: host mx.example said: 550 5.1.1 User unknown`;
        return this.#skip(mail);
      case 'fax': {
        const employee = { name: mail.to.name, email: mail.to.email, lang };
        const { fax, document, from, subject, text } = faxMail(chance, this.#writer, n, date, client, employee);
        Object.assign(mail, {
          fax,
          from,
          subject,
          full: text,
          reply: text,
          channel: 'fax',
          to: { name: 'Fax', email: this.world.faxBox },
        });
        mail.parts.push(document);
        return;
      }
      default:
        return;
    }
  }

  #forward(mail: Sketch): void {
    const { date, lang, who, to } = mail;
    const [marker, a, b, c, d] = {
      ru: ['---------- Пересылаемое сообщение ---------', 'От', 'Дата', 'Тема', 'Кому'],
      uk: ['---------- Переслане повідомлення ----------', 'Від', 'Дата', 'Тема', 'Кому'],
      en: ['---------- Forwarded message ---------', 'From', 'Date', 'Subject', 'To'],
    }[lang];
    const note = { ru: 'Коллеги, см. ниже.', uk: 'Колеги, див. нижче.', en: 'FYI, see below.' }[lang];
    const head = `${marker}\n${a}: ${who.name} <${who.email}>\n${b}: ${longDate(new Date(date.getTime() - 3e6), lang)}\n${c}: ${mail.subject}\n${d}: ${to.name} <${to.email}>`;
    mail.full = `${note}\n\n${head}\n\n\n${mail.reply}`;
    mail.html = `<html><body>${divs(mail.full)}</body></html>`;
    const forwarder = this.#chance.pick(this.world.employees);
    mail.from = forwarder;
    mail.to = { name: 'CRM', email: this.world.captureBox };
    mail.subject = words[lang].fw + mail.subject;
    mail.style = 'forward';
    mail.forwardedBy = forwarder.email;
    mail.originalFrom = who.email;
  }

  #invite(mail: Sketch): void {
    const stamp = (date: Date) => date.toISOString().replace(/[-:]|\.\d+/g, '');
    const at = new Date(mail.date.getTime() + 864e5 * 2);
    const lines = [
      'BEGIN:VCALENDAR',
      'PRODID:-//gen//EN',
      'VERSION:2.0',
      'METHOD:REQUEST',
      'BEGIN:VEVENT',
      `UID:${mail.n}@cal.example`,
      `DTSTAMP:${stamp(mail.date)}`,
      `DTSTART:${stamp(at)}`,
      `DTEND:${stamp(new Date(at.getTime() + 36e5))}`,
      `SUMMARY:${mail.subject}`,
      `ORGANIZER:mailto:${mail.who.email}`,
      `ATTENDEE:mailto:${mail.to.email}`,
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ];
    const part = this.#writer.text('calendar', lines.join('\n'), 'utf-8');
    mail.parts.push({ ...part, type: 'text/calendar; charset=utf-8; method=REQUEST' });
    mail.channel = 'meeting';
  }

  #finish(file: string, mail: Sketch, wanted: string, messageId: string, thread: Thread | null): void {
    // KOI8 has neither № nor ’: real senders write otherwise, and their programs fall back to UTF-8 for other letters.
    const written = (text: string) => (/^koi8/.test(wanted) ? text.replaceAll('№', 'N').replaceAll('’', "'") : text);
    const all = [mail.full, mail.subject, mail.from.name, mail.to.name].map(written).join('\n');
    const charset = wanted !== 'utf-8' && !isWritable(all, wanted) ? 'utf-8' : wanted;
    const subject = written(mail.subject);
    const reply = written(mail.reply);
    const full = written(mail.full);
    const html = mail.html === null ? null : written(mail.html);
    const raw = this.#raw(mail, { charset, subject, full, html, messageId });
    const isGist = mail.kind === 'autoreply' || mail.kind === 'dsn' || mail.kind === 'fax';
    const truth: MailTruth = {
      file,
      kind: mail.kind,
      lang: mail.lang,
      messageId,
      date: mail.date.toISOString(),
      from: mail.from.email,
      to: mail.to.email,
      subject,
      direction: mail.direction,
      capture: mail.capture,
      channel: mail.channel,
      employee: mail.employee,
      forwardedBy: mail.forwardedBy,
      originalFrom: mail.originalFrom,
      thread: mail.root ?? messageId,
      style: mail.style,
      reply,
      gist: isGist ? reply : written(mail.gist),
      attachments: mail.parts.flatMap(({ attached }) => attached ?? []),
      fax: mail.fax,
      of: null,
    };
    this.mails.push({ raw, truth });
    if (truth.capture && truth.channel === 'email') this.#remember(mail, { raw, truth }, full, thread);
  }

  #remember(mail: Sketch, made: GeneratedMail, full: string, thread: Thread | null): void {
    this.#sources.push(made);
    if (this.#sources.length > 400) this.#sources.shift();
    if (!['client_new', 'client_reply', 'sent'].includes(mail.kind)) return;
    const { messageId, subject, reply } = made.truth;
    const { n, date, from, to } = mail;
    const last = {
      id: messageId,
      mail: { n, date, from, to, subject, fullText: full.length > 6000 ? reply : full },
      isOut: mail.direction === 'out',
    };
    if (thread === null)
      this.#threads.push({ client: mail.client, peer: mail.who, root: messageId, refs: [messageId], subject, last });
    else {
      thread.refs.push(messageId);
      thread.last = last;
    }
  }

  #raw(
    mail: Sketch,
    text: { charset: string; subject: string; full: string; html: string | null; messageId: string },
  ): Buffer {
    const chance = this.#chance;
    const { charset, full } = text;
    const size = Math.min(
      2e5,
      Math.max(2000, Math.exp(Math.log(this.#options.medianBytes ?? 12_000) + chance.normal() * 1.15)),
    );
    let html = text.html ?? `<html><head><style>p{margin:0}</style></head><body>${divs(full)}</body></html>`;
    const isPlain = ['dsn', 'fax', 'autoreply'].includes(mail.kind);
    const shape = isPlain ? 'plain' : chance.weighted({ alternative: 6, plain: 3, html: 1 });
    let rest = size - (shape === 'plain' ? full.length * 2 : (full.length + html.length) * 2) - 1500;
    if (rest > 6000 && !isPlain && mail.kind !== 'bulk' && chance.is(0.6)) {
      for (let k = chance.int(1, 2); k--; ) {
        const [ending, mime] = chance.pick(fileTypes);
        const name = `${chance.pick([mail.what, 'scan', 'doc'])} ${mail.num}-${k}.${ending}`;
        mail.parts.push(
          this.#writer.attach(name, mime, chance.bytes(Math.floor((rest * 0.73) / (k + 1)) & ~3), charset),
        );
        rest = 0;
      }
    }
    if (rest > 2000 && shape !== 'plain') html = html.replace('</body>', `${filler(rest * 0.8)}</body>`);
    const parts = mail.kind === 'dsn' ? reportParts(mail) : mail.parts;
    const body = this.#body(mail.kind, shape, full, html, charset, parts);
    return Buffer.concat([Buffer.from(`${this.#head(mail, text, body).join('\r\n')}\r\n\r\n`, 'latin1'), body.body]);
  }

  #body(kind: Kind, shape: string, full: string, html: string, charset: string, parts: readonly Part[]): Part {
    const writer = this.#writer;
    const plain = () => writer.text('plain', full, charset);
    const rich = () => writer.text('html', html, charset);
    const main =
      shape === 'plain' ? plain() : shape === 'html' ? rich() : writer.multipart('alternative', [plain(), rich()]);
    if (parts.length === 0) return main;
    const around = kind === 'dsn' ? 'report; report-type=delivery-status' : kind === 'invite' ? 'alternative' : 'mixed';
    return writer.multipart(around, [main, ...parts]);
  }

  #head(mail: Sketch, text: { charset: string; subject: string; messageId: string }, body: Part): string[] {
    const { from, to, date, kind } = mail;
    const host = `mail.${from.email.split('@')[1]}`;
    const hop = `Received: from ${host} (${host} [192.0.2.${this.#chance.int(1, 254)}])\r\n by mx.${ourDomain} (Postfix) with ESMTPS id ${this.#chance.int(1e8, 9e8).toString(36).toUpperCase()}\r\n for <${to.email}>; ${rfcDate(date)}`;
    const isAscii = /^[\x20-\x7e]*$/.test(text.subject);
    return [
      `Return-Path: <${kind === 'dsn' ? '' : from.email}>`,
      hop,
      `Date: ${rfcDate(date)}`,
      `From: ${mailbox(from, text.charset)}`,
      `To: ${mailbox(to, text.charset)}`,
      `Message-ID: ${text.messageId}`,
      `Subject: ${isAscii ? fold(text.subject) : encodeWords(text.subject, text.charset)}`,
      ...mail.headers,
      'MIME-Version: 1.0',
      `Content-Type: ${body.type}`,
      ...body.headers,
    ];
  }
}

const fileTypes = [
  ['pdf', 'application/pdf'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['jpg', 'image/jpeg'],
] as const;

function reportParts({ who, n }: Sketch): Part[] {
  const status = `Reporting-MTA: dns; mx.${ourDomain}\r\n\r\nFinal-Recipient: rfc822; ${who.email}\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n`;
  return [
    { type: 'message/delivery-status', headers: [], body: Buffer.from(status) },
    {
      type: 'text/rfc822-headers',
      headers: [],
      body: Buffer.from(`Message-ID: <lost.${n}@${ourDomain}>\r\nSubject: lost\r\n`),
    },
  ];
}
