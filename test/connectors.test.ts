import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { connectors } from '../connectors/index.ts';
import { kindsOf } from '../src/cli/base/kinds.ts';
import { readConfig } from '../src/config.ts';
import type { Session, WebhookRequest } from '../src/connector/index.ts';
import { takeIn } from '../src/intake/run.ts';
import { newId } from '../src/ops/chance.ts';
import { type Db, sql } from '../src/store/index.ts';
import { testStore } from './kit/postgres.ts';
import { type RiggedSource, rigs } from './kit/rigs/index.ts';
import {
  addDuty,
  contactsOf,
  eventually,
  fastClock,
  office,
  type RunningSession,
  startSession,
  storedBy,
} from './kit/session.ts';

const folder = new URL('../connectors/', import.meta.url);
const store = await testStore();
const { db } = store;
const never = new Promise<never>(() => {});

beforeAll(() => addDuty(db));

test('every folder is a kind, registered under its name, with a rig to test it', () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const kinds = Object.keys(connectors).sort();
  expect(folders.map(({ name }) => name).sort()).toEqual(kinds);
  expect(
    Object.values(connectors)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(kinds);
  expect(Object.keys(rigs).sort()).toEqual(kinds);
});

describe.each(Object.entries(connectors))('%s: what it says about itself', (kind, connector) => {
  test('every option is described', () => {
    const fields = optionsIn(z.toJSONSchema(connector.config, { io: 'input' }));
    expect(fields.length).toBeGreaterThan(0);
    expect(fields.filter(({ isDescribed }) => !isDescribed)).toEqual([]);
  });

  test('the README names every option, and every fault its sources throw, with a cure', () => {
    const readme = readFileSync(new URL(`${kind}/README.md`, folder), 'utf8');
    const options = optionsIn(z.toJSONSchema(connector.config, { io: 'input' }));
    expect(options.map(({ name }) => name).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
    const thrown = faultsThrownBy(kind);
    const row = /^\| `([a-z_]+\.[a-z_]+)` \| (retry|reconfigure|set-aside) \| [^|]+ \| [^|]{10,} \|$/gm;
    const told = [...readme.matchAll(row)].map(([, code, remedy]) => `${code} ${remedy}`);
    expect(thrown.length).toBeGreaterThan(0);
    expect(told.sort()).toEqual(thrown);
  });

  test('unknown keys in the YAML are refused, with the place and what may be meant', () => {
    const [option = ''] = optionsIn(z.toJSONSchema(connector.config, { io: 'input' })).map(({ name }) => name);
    const yaml = `office: { timezone: Europe/Kyiv, country: UA }\nconnectors:\n  - { name: odd, kind: ${kind}, ${option}s: x }\n`;
    const read = readConfig(yaml, '/etc/letopis.yml', { env: {}, kinds: kindsOf(connectors) });
    const error = read.ok ? undefined : read.errors.find(({ path }) => path.endsWith(`${option}s`));
    expect(error).toMatchObject({ line: 3, message: expect.stringMatching(new RegExp(`did you mean ${option}`)) });
  });
});

const sessionRigs = Object.entries(rigs).flatMap(([kind, rig]) => (rig.shape === 'session' ? [{ kind, rig }] : []));
const webhookRigs = Object.entries(rigs).flatMap(([kind, rig]) => (rig.shape === 'webhook' ? [{ kind, rig }] : []));

describe.each(webhookRigs)('$kind: how it behaves', ({ kind, rig }) => {
  const { connector, config } = rig;
  const read = (request: WebhookRequest) => connector.read(request, config, office);

  test('delivered twice, it is stored once', async () => {
    const source = { connector: kind, region: 'RU', lease: null };
    const take = (n: number) => takeIn({ db, newId }, source, read(rig.request(n)).captures, null);
    expect([await take(1), await take(1), await take(2)]).toEqual([['stored'], ['duplicate'], ['stored']]);
    expect(read(rig.request(1)).answer, 'a repetition gets the same answer').toEqual(read(rig.request(1)).answer);
  });

  test('what does not prove where it comes from is for IT to look at, and not kept', () => {
    expect(() => read(rig.forged(1))).toThrow(expect.objectContaining({ name: 'Fault', remedy: 'reconfigure' }));
  });

  test('what cannot be read is set aside', () => {
    expect(() => read(rig.unreadable())).toThrow(expect.objectContaining({ name: 'Fault', remedy: 'set-aside' }));
  });
});

describe.each(sessionRigs)('$kind: how it behaves', ({ kind, rig }) => {
  const isMail = bringsMail(kind);
  const name = (story: string) => `${kind}-${story}`;
  const using = async (work: (source: RiggedSource) => Promise<void>) => {
    const source = await rig.start();
    try {
      await work(source);
    } finally {
      await source.stop();
    }
  };
  /** How many contacts came through to the database: a mail is one when it is kept, whatever is read in it later. */
  const storedCount = async (story: string) =>
    isMail ? await keptMails(db, name(story)) : (await contactsOf(db, name(story))).length;
  const start = (source: RiggedSource, story: string, more: Partial<Parameters<typeof startSession>[3]> = {}) =>
    startSession(db, source.connector, source.options, { name: name(story), clock: fastClock(10), ...more });

  test('killed between storing and acknowledging, it delivers twice and is stored once', () =>
    using(async (source) => {
      const deaf = await start(source, 'twice', {
        through: (session) => ({ ...session, ...storesWithoutAnswer(session) }),
      });
      await deaf.listening;
      source.tell(1);
      await eventually('the first delivery', async () => (await storedCount('twice')) === 1);
      deaf.kill();
      const answers: string[] = [];
      const again = await start(source, 'twice', {
        through: (session) => ({
          ...session,
          ...listens(session, answers),
          // with mails the position stands in the same row: only one that was lost lets a mail come again
          ...(isMail ? { position: async () => null } : {}),
        }),
      });
      await again.listening;
      await eventually('the second delivery', () => answers.length > 0);
      expect(answers).toEqual(['duplicate']);
      await again.stop();
      expect((await storedBy(db, name('twice'))).captures).toBe(isMail ? 0 : 1);
      expect(await storedCount('twice')).toBe(1);
    }));

  test.each([
    ['while it logs in', (source: RiggedSource) => source.fallSilent(), undefined],
    ['while it listens', () => {}, undefined],
    [
      'while the database does not answer',
      (source: RiggedSource) => source.tell(1),
      { emit: () => never, keep: () => never },
    ],
  ] as const)('aborted %s it is gone within a second', (_story, happens, unanswered) =>
    using(async (source) => {
      const story = `abort-${_story.replaceAll(' ', '-')}`;
      if (!unanswered) happens(source);
      const session = await start(source, story, { through: (one) => ({ ...one, ...unanswered }) });
      if (!_story.includes('logs in')) await session.listening;
      if (unanswered) happens(source);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await session.stop()).toBeLessThan(1000);
      expect(await session.ended).toBeNull();
    }),
  );

  test('a cut connection is for the supervisor to retry', () =>
    using(async (source) => {
      const session = await start(source, 'cut');
      await session.listening;
      source.cut();
      expect(await session.ended).toMatchObject({ name: 'Fault', remedy: 'retry' });
    }));

  test('a wrong password is for IT to correct, also for `check --connect`', () =>
    using(async (source) => {
      const wrong = { ...source, options: source.wrongPassword };
      const expected = { name: 'Fault', remedy: 'reconfigure', facts: { cure: expect.any(String) } };
      expect(await (await start(wrong, 'wrong')).ended).toMatchObject(expected);
      const session = await probing(source);
      await expect(source.connector.probe({ ...session, config: source.wrongPassword })).rejects.toMatchObject(
        expected,
      );
      await expect(source.connector.probe({ ...session, config: source.options })).resolves.toBeUndefined();
    }));

  test('the position survives a restart', () =>
    using(async (source) => {
      const positions: (string | null)[] = [];
      const watched = () =>
        start(source, 'position', {
          through: (session) => ({
            ...session,
            position: async () => {
              const position = await session.position();
              positions.push(position);
              return position;
            },
          }),
        });
      const before = await watched();
      await before.listening;
      source.tell(1);
      await eventually('the first contact', async () => (await storedCount('position')) === 1);
      await before.stop();
      const after = await watched();
      await after.listening;
      source.tell(2);
      await eventually('the second contact', async () => (await storedCount('position')) === 2);
      await after.stop();
      expect(positions).toEqual([null, expect.any(String)]);
      expect(await storedCount('position')).toBe(2);
    }));

  test.each(isMail ? (['mails'] as const) : (['captures', 'the journal'] as const))(
    'while %s cannot be stored it takes no more from the source; nothing is lost',
    async (what) =>
      using(async (source) => {
        const story = `slow-${what.replaceAll(' ', '-')}`;
        let release = () => {};
        const open = new Promise<void>((resolve) => {
          release = resolve;
        });
        let offered = 0;
        const session = await start(source, story, {
          through: (one) => ({
            ...slow(one, what, open),
            keep: async (mails, position) => {
              offered += mails.length;
              if (mails.length > 0) await open;
              return one.keep(mails, position);
            },
          }),
        });
        await session.listening;
        source.tell(1);
        await new Promise((resolve) => setTimeout(resolve, 300));
        const contacts = source.flood() + 1;
        await new Promise((resolve) => setTimeout(resolve, 1000));
        expect(source.holdsBack(offered)).toBe(true);
        expect(await storedCount(story)).toBe(0);
        release();
        await eventually('everything', async () => (await storedCount(story)) === contacts, 12_000);
        expect(source.holdsBack(offered)).toBe(false);
        await session.stop();
      }),
  );

  async function probing(source: RiggedSource): Promise<Omit<Session<unknown>, 'config'>> {
    let seen: Session<unknown> | null = null;
    const session: RunningSession = await start(source, 'probe', { through: (one) => (seen = one) });
    await session.listening;
    void session.stop();
    if (seen === null) throw new Error('no session');
    return { ...(seen as Session<unknown>), signal: new AbortController().signal };
  }
});

/** The program is killed between storing and answering. */
function storesWithoutAnswer(session: Session<unknown>): Pick<Session<unknown>, 'emit' | 'keep'> {
  return {
    emit: async (captures, position) => {
      const answers = await session.emit(captures, position);
      return captures.length > 0 ? never : answers;
    },
    keep: async (mails, position) => {
      const answers = await session.keep(mails, position);
      return mails.length > 0 ? never : answers;
    },
  };
}

/** What became of everything that was handed over. */
function listens(session: Session<unknown>, answers: string[]): Pick<Session<unknown>, 'emit' | 'keep'> {
  return {
    emit: async (captures, position) => {
      const each = await session.emit(captures, position);
      answers.push(...each);
      return each;
    },
    keep: async (mails, position) => {
      const each = await session.keep(mails, position);
      answers.push(...each);
      return each;
    },
  };
}

function slow(session: Session<unknown>, what: string, open: Promise<void>): Session<unknown> {
  if (what === 'captures') return { ...session, emit: held(session.emit, open) };
  return { ...session, journal: { ...session.journal, append: held(session.journal.append, open) } };
}

function bringsMail(kind: string): boolean {
  const registry: Readonly<Record<string, object>> = connectors;
  return 'mail' in (registry[kind] ?? {});
}

/** How many mails stand in the database for this connector. */
async function keptMails(db: Db, connector: string): Promise<number> {
  const [row] = await db.rows<{ count: number }>(
    sql`select count(*)::int as count from mail where connector = ${connector}`,
  );
  return row?.count ?? 0;
}

function held<Arguments extends readonly unknown[], Result>(
  work: (...given: Arguments) => Promise<Result>,
  open: Promise<void>,
): (...given: Arguments) => Promise<Result> {
  return async (...given) => {
    await open;
    return work(...given);
  };
}

interface Option {
  readonly name: string;
  readonly isDescribed: boolean;
}

const JsonSchema = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  description: z.string().optional(),
  anyOf: z.array(z.unknown()).optional(),
});

/** Every option, with those inside others as `tls.ca`. */
function optionsIn(schema: unknown, prefix = ''): Option[] {
  const { properties = {}, anyOf = [] } = JsonSchema.parse(schema);
  const own = Object.entries(properties).flatMap(([key, inner]) => [
    { name: `${prefix}${key}`, isDescribed: JsonSchema.parse(inner).description !== undefined },
    ...optionsIn(inner, `${prefix}${key}.`),
  ]);
  return [...own, ...anyOf.flatMap((one) => optionsIn(one, prefix))];
}

/** Kinds share what reads mailboxes; each tells of the faults it throws. */
const sharedSources: Readonly<Record<string, readonly string[]>> = {
  imap: ['src/mailbox/imap/'],
  maildir: ['src/mailbox/maildir/'],
  'fax-mail': ['src/mailbox/imap/', 'src/mailbox/maildir/'],
};

/** `code remedy` of every fault in the sources of a kind, each once. */
function faultsThrownBy(kind: string): string[] {
  const folders = [`connectors/${kind}/`, ...(sharedSources[kind] ?? [])].map(
    (path) => new URL(`../${path}`, import.meta.url),
  );
  const texts = folders.flatMap((place) =>
    readdirSync(place, { recursive: true, encoding: 'utf8' })
      .filter((path) => /(?<!\.test)\.ts$/.test(path))
      .map((path) => readFileSync(new URL(path, place), 'utf8')),
  );
  const thrown = texts.flatMap((text) => [...text.matchAll(/new Fault\(\s*'([a-z_.]+)',\s*'([a-z-]+)'/g)]);
  return [...new Set(thrown.map(([, code, remedy]) => `${code} ${remedy}`))].sort();
}
