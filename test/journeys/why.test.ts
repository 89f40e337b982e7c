import { expect, test } from 'vitest';
import { matchContact } from '../../src/match/run.ts';
import { newId } from '../../src/ops/chance.ts';
import { sql } from '../../src/store/base/db.ts';
import { addClient, addEmployee, openOffice } from './office.ts';

const { db, url, cookieOf } = await openOffice();
const matching = { region: 'UA', regionOf: () => null, extensions: /^\d{3}$/, own: { numbers: [], domains: [] } };
const readers = {
  ru: await addEmployee(db, { name: 'Анна', language: 'ru' }),
  uk: await addEmployee(db, { name: 'Олена', language: 'uk' }),
  en: await addEmployee(db, { name: 'Ann', language: 'en' }),
};
const acme = await addClient(db, { name: 'Acme', person: 'Ivan', email: 'ivan@acme.example' });
const zorg = await addClient(db, { name: 'Zorg', phone: '+380441234567' });
await db.rows(
  sql`insert into contact_point (kind, address, raw, client_id) values ('domain', 'acme.example', '', ${acme.id})`,
);
await db.rows(
  sql`insert into contact_point (kind, address, raw, not_client) values ('email', 'ads@spam.example', '', true)`,
);

async function mailFrom(outside: string, ownerId: string, more: object = {}): Promise<string> {
  const id = newId();
  const mail = {
    subject: 'x',
    from: outside,
    to: [],
    text: 'x',
    files: [],
    notes: [],
    originalSender: null,
    automatic: null,
    authenticity: 'unknown',
    ...more,
  };
  const facts = { employees: [], details: { channel: 'email', mail: { ...mail, mailId: newId(), fullness: 'whole' } } };
  await db.rows(sql`
    insert into contact (id, channel, direction, started_at, ended_at, outside_kind, outside, connector, facts, owner_id)
    values (${id}, 'email', 'inbound', now(), now(), 'email', ${outside}, 'sales', ${JSON.stringify(facts)}, ${ownerId})`);
  await matchContact(db, id, matching);
  return id;
}

test.each<[string, string, object, Readonly<Record<keyof typeof readers, string>>]>([
  [
    'who it was, and why',
    'ivan@acme.example',
    {},
    {
      ru: 'Почему: личный номер или адрес',
      uk: 'Чому: особистий номер або адреса',
      en: 'Why: his own number or address',
    },
  ],
  [
    'the sender is not proven',
    'ivan@acme.example',
    { authenticity: 'claimed' },
    {
      ru: 'личный номер или адрес; отправитель не подтверждён: от его имени мог написать кто угодно',
      uk: 'особистий номер або адреса; відправника не підтверджено: від його імені міг написати будь-хто',
      en: 'his own number or address; the sender is not proven: anybody could have written in this name',
    },
  ],
  [
    'a number in the text',
    'x@y.example',
    { numbers: ['+380441234567'] },
    {
      ru: 'его номер стоит в тексте: только намёк',
      uk: 'його номер стоїть у тексті: лише натяк',
      en: 'its number stands in the text: a hint, no proof',
    },
  ],
  [
    'somebody said that it is no client',
    'ads@spam.example',
    {},
    {
      ru: 'Кто-то из наших отметил: это не клиент.',
      uk: 'Хтось із наших позначив: це не клієнт.',
      en: 'One of us said that this is no client.',
    },
  ],
  [
    'nobody has the address',
    'new@nowhere.example',
    {},
    {
      ru: 'Такого номера или адреса ни у кого нет в справочнике.',
      uk: 'Такого номера чи адреси ні в кого немає в довіднику.',
      en: 'Nobody in the directory has this number or address.',
    },
  ],
])('%s', async (_story, outside, more, expected) => {
  for (const language of ['ru', 'uk', 'en'] as const) {
    const reader = readers[language];
    const id = await mailFrom(outside, reader, more);
    const answer = await fetch(`${url}/contact/${id}`, { headers: { cookie: await cookieOf(reader) } });
    const page = await answer.text();
    expect(page).toContain(expected[language]);
    expect(Buffer.byteLength(page)).toBeLessThan(15_000);
    expect(page.includes(zorg.id)).toBe('numbers' in more);
  }
});

test.each([
  ['nobody checked the sender', {}, true],
  ['our server confirmed the sender', { authenticity: 'confirmed' }, false],
  ['our server found that he is not proven: that is said louder', { authenticity: 'claimed' }, false],
])('%s', async (_story, more, isSaid) => {
  const words = {
    ru: 'Отправителя наш почтовый сервер не подтвердил.',
    uk: 'Відправника наш поштовий сервер не підтвердив.',
    en: 'The sender is not confirmed by our mail server.',
  };
  for (const language of ['ru', 'uk', 'en'] as const) {
    const reader = readers[language];
    const cookie = await cookieOf(reader);
    const pageOf = async (id: string) => (await fetch(`${url}/contact/${id}`, { headers: { cookie } })).text();
    const id = await mailFrom('ivan@acme.example', reader, more);
    expect((await pageOf(id)).includes(words[language])).toBe(isSaid);
    await db.rows(sql`update contact set direction = 'outbound' where id = ${id}`);
    expect(await pageOf(id)).not.toContain(words[language]);
  }
});
