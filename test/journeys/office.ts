import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterAll } from 'vitest';
import { assignContact } from '../../src/assign/run.ts';
import type { Match } from '../../src/core/contact/match.ts';
import type { Clock } from '../../src/core/time/clock.ts';
import { createLiveHub, type LiveHub } from '../../src/live/run.ts';
import { type MailRules, openPagePainter } from '../../src/mail/index.ts';
import { matchContact } from '../../src/match/run.ts';
import { newId, randomBytes } from '../../src/ops/chance.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { createMailer } from '../../src/prompt/mailer.ts';
import { type PromptDeps, promptContact } from '../../src/prompt/run.ts';
import { issueSignInLink } from '../../src/prompt/sign-in.ts';
import { type Db, sql } from '../../src/store/base/db.ts';
import { tellStranger } from '../../src/store/events/events.ts';
import { openKeptMails } from '../../src/web/contact/kept-mails.ts';
import type { FindHook } from '../../src/web/http/hooks.ts';
import type { ConnectorStatus } from '../../src/web/http/route.ts';
import { startWeb } from '../../src/web/http/server.ts';
import { testMails } from '../kit/mails.ts';
import { officeMail } from '../kit/office-mail.ts';
import { testStore } from '../kit/postgres.ts';

export interface Letter {
  readonly to: string;
  readonly raw: string;
  /** Decoded subject. */
  readonly subject: string;
  /** Every link to a draft or a session, once, in the order of the mail. */
  readonly links: readonly string[];
  /** The first of them. */
  readonly link: string;
  readonly messageId: string;
}

/** A small office with real PostgreSQL, a real SMTP server and the pages on loopback. Ends with the test file. */
export async function openOffice(
  options: {
    readonly basePath?: string;
    readonly connectors?: readonly ConnectorStatus[];
    readonly hooks?: FindHook;
    readonly requestTimeoutMs?: number;
    /** Requests of one token of a program. */
    readonly perMinute?: number;
  } = {},
) {
  const store = await testStore();
  const { db } = store;
  let aheadMs = 0;
  const clock: Clock = {
    now: () => new Date(Date.now() + aheadMs),
    monotonicMs: () => performance.now() + aheadMs,
    sleep: async () => {},
  };
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const smtp = await startSmtp();
  const key = randomBytes(32);
  const from = 'Letopis <letopis@office.example>';
  const mailer = createMailer({ smtp: smtp.url, from, timeoutMs: 3000 });
  const rules = { when: {}, quiet: null, perDay: 1000, from, readsMail: true, linkDays: 14 };
  const zone = 'Europe/Kyiv';
  const live: LiveHub = createLiveHub({ db, clock, log, zone, lookup: (outside) => lookup(db, outside.value) });
  const mails = testMails(db, { rules: mailboxes, office: { ...officeMail, mailboxes: ['sales@ours.example'] } });
  const kept = openKeptMails({ db, files: mails.files, rulesOf: (connector) => mailboxes[connector] ?? taken });
  const painter = openPagePainter();
  const metrics = createMetrics();
  const web = await startWeb({
    counters: metrics,
    metrics: async () => ({ type: metrics.contentType, text: await metrics.text() }),
    db,
    clock,
    log,
    randomBytes,
    key,
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: null,
    basePath: options.basePath ?? '',
    trustProxy: false,
    office: { name: 'Ромашка', zone, language: 'uk' },
    live,
    mails: kept,
    painter,
    mailer,
    prompts: rules,
    status: async () => options.connectors ?? [],
    apiMetrics: metrics,
    api: { perMinute: options.perMinute ?? 100_000, region: 'UA', decide, kick: () => {} },
    ...(options.hooks ? { hooks: options.hooks } : {}),
    ...(options.requestTimeoutMs ? { requestTimeoutMs: options.requestTimeoutMs } : {}),
  });
  const prompts: PromptDeps = {
    db,
    clock,
    log,
    mailer,
    key,
    options: { ...rules, publicUrl: web.url, office: { language: 'uk', zone: 'Europe/Kyiv' } },
  };
  afterAll(async () => {
    await web.close();
    mailer.close();
    await Promise.all([smtp.close(), kept.close(), painter.close(), mails.close()]);
  });
  return {
    db,
    metrics,
    decide,
    mails,
    store,
    clock,
    url: web.url,
    live,
    smtp,
    prompts,
    log: () => lines.join(''),
    moveClock(ms: number) {
      aheadMs += ms;
    },
    /** Runs the job `prompt` and returns the link of the mail that went out last. */
    async ask(contactId: string): Promise<string> {
      await promptContact(prompts, contactId);
      const letter = smtp.letters.at(-1);
      if (!letter) throw new Error('no mail was sent');
      return letter.link;
    },
    signIn: (employeeId: string) => issueSignInLink({ db, clock, log, randomBytes, publicUrl: web.url }, employeeId),
    /** Signs in without a browser: the cookie to send along. */
    async cookieOf(employeeId: string): Promise<string> {
      const link = await issueSignInLink({ db, clock, log, randomBytes, publicUrl: web.url }, employeeId);
      const answer = await fetch(link, { method: 'POST', redirect: 'manual' });
      return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    },
  };
}

/** What the daemon does with a contact that is new. */
async function decide(tx: Db, contactId: string): Promise<void> {
  const extensions = /^\d{3}$/;
  const regionOf = () => null;
  await matchContact(tx, contactId, {
    region: 'UA',
    regionOf,
    extensions,
    own: { numbers: [], domains: ['ours.example'] },
  });
  await assignContact(tx, contactId, {
    region: 'UA',
    regionOf,
    extensions,
    policy: 'last',
    defaultOwnerOf: () => null,
    dueAt: () => null,
  });
  await tellStranger(tx, contactId);
}

const taken: MailRules = {
  scope: 'all',
  mailbox: null,
  exclude: [],
  isJournal: false,
  isFaxMailbox: false,
  faxProfiles: null,
  authHosts: [],
};
/** A mailbox of everybody's, one of a person, and that of the fax gateway. */
const mailboxes: Readonly<Record<string, MailRules>> = {
  sales: { ...taken, mailbox: 'sales@ours.example' },
  personal: { ...taken, scope: 'known' },
  faxes: { ...taken, isFaxMailbox: true },
};

export type OfficeUnderTest = Awaited<ReturnType<typeof openOffice>>;

async function lookup(db: Db, address: string) {
  const rows = await db.rows<{ clientId: string; personId: string | null }>(sql`
    select coalesce(p.client_id, pe.client_id) as "clientId", p.person_id as "personId"
      from contact_point p left join person pe on pe.id = p.person_id where p.address = ${address} and p.employee_id is null`);
  const candidates = rows.map((row) => ({
    ...row,
    client: '',
    person: null,
    strength: 'strong' as const,
    code: 'person_address' as const,
    reason: 'number',
  }));
  const [first, ...others] = candidates;
  const match: Match = first
    ? { verdict: others.length > 0 ? 'ambiguous' : 'client', candidates: [first, ...others], tieBreak: null }
    : { verdict: 'stranger', candidates: [], because: 'nobody' };
  return { normalized: address, match };
}

async function startSmtp() {
  const letters: Letter[] = [];
  const trouble = { refuse: false, loseAnswer: false, delayMs: 0 };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (trouble.refuse) return done(Object.assign(new Error('mailbox busy'), { responseCode: 451 }));
        letters.push(readLetter(Buffer.concat(chunks).toString(), session.envelope.rcptTo[0]?.address ?? ''));
        if (trouble.loseAnswer) return; // accepted, but nobody hears it
        setTimeout(() => done(), trouble.delayMs);
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    letters,
    trouble,
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function readLetter(raw: string, to: string): Letter {
  const header = (name: string) =>
    new RegExp(`^${name}: ((?:.*(?:\\r?\\n[ \\t].*)*))`, 'im').exec(raw)?.[1]?.replace(/\r?\n[ \t]/g, ' ') ?? '';
  const body = raw.replace(/=\r?\n/g, '').replace(/=3D/g, '=');
  const links = decodeParts(body).match(/https?:\/\/\S+\/(?:d|sign-in)\/[A-Za-z0-9_-]{43}/g) ?? [];
  return {
    to,
    raw,
    subject: decodeWords(header('Subject')),
    links: [...new Set(links)],
    link: links[0] ?? '',
    messageId: header('Message-ID'),
  };
}

/** RFC 2047, as far as nodemailer writes it. */
function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_all, form: string, word: string) =>
      form.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('latin1')
        : word
            .replace(/_/g, ' ')
            .replace(/=([0-9A-F]{2})/g, (_x, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    )
    .replace(/[\u0080-\u00ff]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString());
}

function decodeParts(body: string): string {
  return body.replace(/(?:^[A-Za-z0-9+/]{20,}={0,2}\r?\n?)+/gm, (block) => Buffer.from(block, 'base64').toString());
}

export interface Person {
  readonly name: string;
  readonly email?: string | null;
  readonly role?: 'employee' | 'supervisor' | 'it';
  readonly language?: 'ru' | 'uk' | 'en';
  readonly extension?: string;
}

export async function addEmployee(db: Db, person: Person): Promise<string> {
  const id = newId();
  const email = person.email === undefined ? `${id.slice(-8)}@office.example` : person.email;
  await db.rows(sql`
    insert into employee (id, key, name, email, role, language, zone)
    values (${id}, ${id}, ${person.name}, ${email}, ${person.role ?? 'employee'}, ${person.language ?? 'ru'}, 'Europe/Kyiv')`);
  if (person.extension) {
    await db.rows(sql`
      insert into contact_point (kind, address, raw, employee_id)
      values ('extension', ${person.extension}, ${person.extension}, ${id})`);
  }
  if (person.email) {
    await db.rows(sql`
      insert into contact_point (kind, address, raw, employee_id) values ('email', ${person.email}, ${person.email}, ${id})`);
  }
  return id;
}

export async function addClient(
  db: Db,
  client: { readonly name: string; readonly person?: string; readonly phone?: string; readonly email?: string },
) {
  const id = newId();
  const personId = client.person === undefined ? null : newId();
  await db.rows(sql`insert into client (id, key, name) values (${id}, ${id}, ${client.name})`);
  if (personId !== null) {
    await db.rows(sql`insert into person (id, client_id, name) values (${personId}, ${id}, ${client.person})`);
  }
  for (const [kind, address] of [
    ['phone', client.phone],
    ['email', client.email],
  ] as const) {
    if (address === undefined) continue;
    await db.rows(sql`
      insert into contact_point (kind, address, raw, client_id, person_id)
      values (${kind}, ${address}, ${address}, ${personId === null ? id : null}, ${personId})`);
  }
  return { id, personId };
}

export async function addOccasions(db: Db, names: readonly string[]): Promise<void> {
  for (const [rank, name] of names.entries())
    await db.rows(sql`insert into occasion (name, rank) values (${name}, ${rank})`);
}

export interface Call {
  readonly ownerId: string;
  readonly clientId?: string | null;
  readonly personId?: string | null;
  readonly outsideName?: string | null;
  readonly outcome?: string;
  readonly startedAt?: Date;
  readonly talkSeconds?: number;
  readonly callBack?: boolean;
  readonly candidates?: readonly { readonly clientId: string; readonly personId: string | null }[];
  readonly gist?: string | null;
  readonly queue?: string | null;
  readonly talkedAt?: string;
}

/** An inbound call as intake, match and assign leave it: a draft, or completed when it has a gist. */
export async function addCall(db: Db, call: Call): Promise<string> {
  const id = newId();
  const startedAt = call.startedAt ?? new Date(Date.now() - 120_000);
  const talkSeconds = call.talkSeconds ?? 65;
  const candidates = (call.candidates ?? []).map((one) => ({
    ...one,
    strength: 'weak',
    code: 'shared_address',
    reason: 'shared',
  }));
  const facts = {
    ours: { kind: 'phone', value: '+380440001000' },
    details: {
      channel: 'call',
      call: {
        withheld: false,
        talkSeconds,
        ringSeconds: 12,
        queue: call.queue ?? null,
        voicemail: null,
        talks: call.talkedAt ? [{ who: call.talkedAt, seconds: talkSeconds }] : [],
      },
    },
  };
  const match = call.clientId
    ? { verdict: 'client', candidates: [] }
    : { verdict: candidates.length > 0 ? 'ambiguous' : 'stranger', candidates };
  const gist = call.gist ?? null;
  await db.rows(sql`
    insert into contact (id, channel, direction, outcome, started_at, ended_at, outside_kind, outside, outside_norm, outside_name,
                         connector, facts, state, owner_id, decided_at, match, client_id, person_id, call_back, due_at, gist,
                         completed_at, completed_by)
    values (${id}, 'call', 'inbound', ${call.outcome ?? 'answered'}, ${startedAt}, ${startedAt}, 'phone', '0671234567',
            '+380671234567', ${call.outsideName ?? null}, 'office-pbx', ${JSON.stringify(facts)}, ${gist === null ? 'draft' : 'completed'},
            ${call.ownerId}, ${startedAt}, ${JSON.stringify(match)}, ${call.clientId ?? null}, ${call.personId ?? null},
            ${call.callBack ?? false}, ${call.callBack ? new Date(Date.now() + 3_600_000) : null}, ${gist},
            ${gist === null ? null : startedAt}, ${gist === null ? null : call.ownerId})`);
  return id;
}
