import { describe, expect, test } from 'vitest';
import { sql } from '../store/base/db.ts';
import { day, midday, promptOffice } from './office.fixture.ts';
import { renewLink } from './run.ts';

const office = await promptOffice();
const { db, add, run, states, to, time } = office;
const immediately = { when: {} };
const at = async (when: string, work: () => Promise<unknown>) => {
  time.now = new Date(when);
  await work();
  time.now = midday;
};

describe('the daily quota', () => {
  const three = { ...immediately, perDay: 3 };

  test('beyond them a contact is bare; a call to return is asked about all the same and takes no place', async () => {
    const owner = await office.person();
    const calls: string[] = [];
    for (let i = 0; i < 5; i++) calls.push(await add({ owner, channel: 'call' }));
    const missed = await add({ owner, channel: 'call', callBack: true });
    for (const id of [missed, ...calls]) await run(three, id);
    for (const id of calls) await run(three, id);
    expect(await states(missed, ...calls)).toEqual(['draft 1', 'draft 1', 'draft 1', 'draft 1', 'bare 0', 'bare 0']);
    expect(to(owner)).toHaveLength(4);
    expect(await office.metrics.text()).toContain('prompts_capped_total 2');
    expect(office.lines.filter(({ msg, employee }) => msg === 'prompts.capped' && employee === owner)).toMatchObject([
      { level: 30, contacts: [calls[3]] },
      { level: 30, contacts: [calls[4]] },
    ]);
    // the caller was reached since: the prompt of then still is not part of the quota
    await db.rows(sql`update contact set call_back = false where id = ${missed}`);
    const [another, tomorrow] = [await add({ owner, channel: 'call' }), await add({ owner, channel: 'call' })];
    await run({ ...three, perDay: 4 }, another);
    expect(await states(another)).toEqual(['draft 1']);
    await at('2026-11-23T22:00:00Z', () => run(three, tomorrow)); // midnight in Kyiv
    expect(await states(tomorrow)).toEqual(['draft 1']);
  });

  test('twenty calls at once end with three asks', async () => {
    const owner = await office.person();
    const calls = await Promise.all(Array.from({ length: 20 }, () => add({ owner, channel: 'call' })));
    await run(three, ...calls);
    expect(to(owner)).toHaveLength(3);
    expect((await states(...calls)).sort()).toEqual([...Array(17).fill('bare 0'), ...Array(3).fill('draft 1')]);
  });

  test('what a person has begun stays a draft', async () => {
    const owner = await office.person();
    const [typing, read] = [await add({ owner, channel: 'call' }), await add({ owner, channel: 'call' })];
    await db.rows(sql`update contact set typing = 'He asked' where id = ${typing}`);
    await run({ ...immediately, perDay: 0 }, typing, read);
    expect(await states(typing, read)).toEqual(['draft 0', 'bare 0']);
  });

  test('a second attempt and a new link that was asked for take no second place', async () => {
    const owner = await office.person();
    const two = { ...immediately, perDay: 2 };
    const [first, second] = [await add({ owner, channel: 'call' }), await add({ owner, channel: 'call' })];
    office.trouble.atSend = office.refuse;
    await expect(run(two, first)).rejects.toMatchObject({ code: 'mail.not_accepted' });
    office.trouble.atSend = async () => {};
    await run(two, first);
    await renewLink(office.deps, first, owner);
    await run(two, second);
    expect(await states(first, second)).toEqual(['draft 2', 'draft 1']);
  });

  test('in a digest they go to new clients, claims, long talks, then to the oldest', async () => {
    const owner = await office.person();
    const [known, claiming, newcomer] = [await office.client(), await office.client(), await office.client()];
    await add({ owner, client: known, daysAgo: 20, gist: 'Order.', occasion: 'Заказ' });
    await add({ owner, client: claiming, daysAgo: 20, gist: 'Broken.', occasion: 'Претензия' });
    await add({ owner, client: known, daysAgo: 40, gist: 'Broken.', occasion: 'Претензия' });
    const ids = {
      oldest: await add({ owner, client: known, minute: 1 }),
      next: await add({ owner, client: known, minute: 2 }),
      talk: await add({ owner, channel: 'call', client: known, minute: 3, talkSeconds: 600 }),
      claim: await add({ owner, client: claiming, minute: 4 }),
      newcomer: await add({ owner, client: newcomer, minute: 5 }),
    };
    const digest = { kind: 'digest', at: 11 * 60 } as const;
    await run({ when: { email: digest, call: digest }, perDay: 4 }, ids.next);
    expect(to(owner).map(({ subject }) => subject)).toEqual(['4 contacts — what mattered?']);
    expect(await states(...Object.values(ids))).toEqual(['draft 1', 'bare 0', 'draft 1', 'draft 1', 'draft 1']);
  });

  test('asked three times today already: the digest has what is left', async () => {
    const owner = await office.person();
    const calls = await Promise.all(Array.from({ length: 3 }, () => add({ owner, channel: 'call' })));
    await run({}, ...calls);
    const mails = [await add({ owner, minute: 1 }), await add({ owner, minute: 2 }), await add({ owner, minute: 3 })];
    await run({ perDay: 5 }, ...mails);
    expect(await states(...mails)).toEqual(['draft 1', 'draft 1', 'bare 0']);
    expect(to(owner)).toHaveLength(4);
  });
});

describe('a thread', () => {
  test('is asked about once in seven days', async () => {
    const owner = await office.person();
    const [first, second, third] = [
      await add({ owner, thread: 'prices' }),
      await add({ owner, thread: 'prices' }),
      await add({ owner, thread: 'prices' }),
    ];
    await run(immediately, first);
    await run(immediately, second, third);
    expect(await states(first, second, third)).toEqual(['draft 1', 'draft 0', 'draft 0']);
    expect(await office.putOffTo(second)).toEqual(['2026-11-30T10:00:00.000Z']);
    await db.rows(sql`update contact set state = 'completed', gist = 'Done.', version = 2 where id = ${third}`);
    await at('2026-11-30T09:59:59Z', () => run(immediately, second));
    expect(to(owner)).toHaveLength(1);
    await at('2026-11-30T10:00:00Z', () => run(immediately, second, third));
    expect(to(owner)).toHaveLength(2);
    expect(await states(first, second, third)).toEqual(['draft 1', 'draft 1', 'completed 0']);
  });

  test('whoever owns its contacts, also at the same moment', async () => {
    const owners = await Promise.all([office.person(), office.person(), office.person()]);
    const ids = await Promise.all(owners.map((owner) => add({ owner, thread: 'delivery' })));
    await run(immediately, ...ids);
    expect((await states(...ids)).sort()).toEqual(['draft 0', 'draft 0', 'draft 1']);
  });

  test('in a digest: one contact of it, the others in the digest after its rest', async () => {
    const owner = await office.person();
    const [first, second, other] = [
      await add({ owner, thread: 'order', minute: 1 }),
      await add({ owner, thread: 'order', minute: 2 }),
      await add({ owner, minute: 3 }),
    ];
    await run({}, second);
    expect(await states(first, second, other)).toEqual(['draft 1', 'draft 0', 'draft 1']);
    expect(await office.putOffTo(second)).toEqual(['2026-12-01T09:00:00.000Z']);
    time.now = new Date(midday.getTime() + 8 * day);
    await run({}, second);
    time.now = midday;
    expect(to(owner)).toHaveLength(2);
  });

  test('a link closed before it went out asked nobody', async () => {
    const [anna, boris] = [await office.person(), await office.person()];
    const [first, second] = [await add({ owner: anna, thread: 'fair' }), await add({ owner: boris, thread: 'fair' })];
    office.trouble.atSend = office.refuse;
    await expect(run(immediately, first)).rejects.toMatchObject({ code: 'mail.not_accepted' });
    office.trouble.atSend = async () => {};
    await db.rows(sql`update prompt set revoked_at = now() where contact_id = ${first}`);
    await run(immediately, second);
    expect(to(boris)).toHaveLength(1);
  });
});
