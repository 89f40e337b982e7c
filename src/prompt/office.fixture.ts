import { pino } from 'pino';
import { testStore } from '../../test/kit/postgres.ts';
import { Fault } from '../core/fault.ts';
import { newId, randomBytes } from '../ops/chance.ts';
import { createMetrics } from '../ops/metrics.ts';
import { sql } from '../store/base/db.ts';
import type { PromptOptions } from './deps.ts';
import type { Mail } from './mailer.ts';
import { promptContact } from './run.ts';

export const midday = new Date('2026-11-23T10:00:00Z'); // Monday noon in Kyiv
export const day = 86_400_000;

export interface Given {
  readonly owner: string;
  readonly channel?: 'call' | 'email';
  /** Days before midday of the first day; default 1: its digest has come. */
  readonly daysAgo?: number;
  readonly minute?: number;
  readonly talkSeconds?: number;
  readonly callBack?: boolean;
  readonly client?: string | null;
  readonly thread?: string | null;
  readonly gist?: string;
  readonly occasion?: string;
}

/** People, contacts and the job `prompt` on real PostgreSQL; mails end in a list, or in the trouble a test makes. */
export async function promptOffice() {
  const { db } = await testStore();
  const mails: Mail[] = [];
  const trouble: { atSend: (mail: Mail) => Promise<void> } = { atSend: async () => {} };
  const lines: Record<string, unknown>[] = [];
  const metrics = createMetrics();
  const time = { now: midday };
  const options: PromptOptions = {
    when: { email: { kind: 'digest', at: 11 * 60 } },
    quiet: null,
    perDay: 100,
    publicUrl: 'https://letopis.example',
    from: 'Letopis <letopis@office.example>',
    office: { language: 'en', zone: 'Europe/Kyiv' },
    readsMail: true,
    linkDays: 14,
  };
  const deps = {
    db,
    clock: { now: () => time.now, monotonicMs: () => 0, sleep: async () => {} },
    log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    mailer: {
      async send(mail: Mail) {
        await trouble.atSend(mail);
        mails.push(mail);
      },
      close: () => {},
    },
    key: randomBytes(32),
    metrics,
    options,
  };
  const run = (part: Partial<PromptOptions>, ...ids: readonly string[]) =>
    Promise.all(ids.map((id) => promptContact({ ...deps, options: { ...options, ...part } }, id)));
  return {
    db,
    deps,
    mails,
    trouble,
    time,
    metrics,
    lines,
    run,
    /** The mails of one owner. */
    to: (owner: string) => mails.filter((mail) => mail.to === `${owner}@office.example`),
    refuse: async () => {
      throw new Fault('mail.not_accepted', 'retry', {});
    },
    person: (email = true) => addPerson(db, email),
    add: (given: Given) => addContact(db, given),
    async client() {
      const id = newId();
      await db.rows(sql`insert into client (id, key, name) values (${id}, ${id}, 'Acme')`);
      return id;
    },
    /** State and number of prompts of contacts, in the order asked for. */
    async states(...ids: readonly string[]) {
      const rows = await db.rows<{ id: string; state: string; prompts: number }>(sql`
        select id, state, (select count(*)::int from prompt where contact_id = contact.id) as prompts from contact`);
      return ids.map((id) => {
        const row = rows.find((one) => one.id === id);
        return `${row?.state} ${row?.prompts}`;
      });
    },
    /** For when the asking about a contact was put off. */
    async putOffTo(id: string) {
      const rows = await db.rows<{ at: Date }>(sql`
        select not_before as at from outbox where ref = ${id} and not_before <> created_at order by id`);
      return rows.map(({ at }) => at.toISOString());
    },
  };
}

type Db = Awaited<ReturnType<typeof testStore>>['db'];

async function addPerson(db: Db, hasEmail: boolean): Promise<string> {
  const id = newId();
  await db.rows(sql`
    insert into employee (id, key, name, email)
    values (${id}, ${id}, 'Anna', ${hasEmail ? `${id}@office.example` : null})`);
  return id;
}

/** A contact as match and assign leave it: a draft with its order to ask, or completed where it has a gist. */
async function addContact(db: Db, given: Given): Promise<string> {
  const { owner, channel = 'email', daysAgo = 1, minute = 0, talkSeconds = 0, client = null, gist = null } = given;
  const id = newId();
  const at = new Date(midday.getTime() - daysAgo * day + minute * 60_000 - 2 * 3_600_000);
  const facts = { details: { call: { talkSeconds } } };
  const occasionId = given.occasion === undefined ? null : await occasion(db, given.occasion);
  await db.rows(sql`
    insert into contact (id, channel, direction, outcome, started_at, ended_at, outside_kind, outside, outside_norm, connector,
                         facts, state, owner_id, decided_at, match, client_id, call_back, thread, gist, occasion_id, created_at)
    values (${id}, ${channel}, 'inbound', ${channel === 'call' ? (given.callBack ? 'missed' : 'answered') : null}, ${at}, ${at},
            'email', 'ivan@acme.example', 'ivan@acme.example', 'office', ${JSON.stringify(facts)},
            ${gist === null ? 'draft' : 'completed'}, ${owner}, ${at},
            ${JSON.stringify({ verdict: client === null ? 'ambiguous' : 'client', candidates: [] })}, ${client},
            ${given.callBack ?? false}, ${given.thread ?? null}, ${gist}, ${occasionId}, ${at})`);
  if (gist === null)
    await db.rows(sql`
    insert into outbox (job, ref, not_before, created_at) values ('prompt', ${id}, ${at}, ${at})`);
  return id;
}

async function occasion(db: Db, name: string): Promise<string | undefined> {
  const [row] = await db.rows<{ id: string }>(sql`
    insert into occasion (name, rank) values (${name}, 1) on conflict (name) do update set rank = 1 returning id`);
  return row?.id;
}
