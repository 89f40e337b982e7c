import { createHash } from 'node:crypto';
import { type AssignOffice, assignContact } from '../../src/assign/run.ts';
import { type Eml, eml } from '../../src/mail/reading/eml.fixture.ts';
import { type MatchOffice, matchContact } from '../../src/match/run.ts';
import { sql } from '../../src/store/base/db.ts';
import { g4tiff } from '../mailbox/fax-documents.ts';
import { addEmployee, type OfficeUnderTest } from './office.ts';

const match: MatchOffice = {
  region: 'UA',
  regionOf: () => null,
  extensions: /^\d{3}$/,
  own: { numbers: [], domains: ['ours.example'] },
};
const assign: AssignOffice = {
  region: 'UA',
  regionOf: () => null,
  extensions: /^\d{3}$/,
  policy: 'last',
  defaultOwnerOf: () => null,
  dueAt: () => null,
};

export interface Posted extends Eml {
  /** When it was written and came; default: a minute ago. */
  readonly at?: Date;
  readonly cut?: string;
  /** So many bytes of it are kept. */
  readonly keep?: number;
}

let count = 0;

/** Mails come into a mailbox and become contacts, as in the daemon: kept, read, matched, assigned. Ids in the given order. */
export async function post(
  { db, mails, clock }: OfficeUnderTest,
  connector: 'sales' | 'personal' | 'faxes',
  ...posted: readonly (Posted | Uint8Array)[]
): Promise<string[]> {
  await needDuty(db);
  const incoming = posted.map((one) => {
    count += 1;
    const { at = new Date(clock.now().getTime() - 60_000), cut = null, keep } = one instanceof Uint8Array ? {} : one;
    const whole = one instanceof Uint8Array ? one : bytesOf({ messageId: `<${count}@client.example>`, ...one }, at);
    const bytes = whole.subarray(0, keep);
    const common = { cut, arrivedAt: at, folder: 'INBOX', asks: true, isSure: true };
    return { ...common, identity: `${connector} ${count}`, bytes, sizeBytes: bytes.byteLength };
  });
  await mails.keep({ connector, region: 'UA', lease: null }, incoming, null);
  await mails.idle();
  const ids: string[] = [];
  for (const { identity } of incoming) {
    const [row] = await db.rows<{ id: string }>(sql`
      select c.id from contact c join mail m on m.id::text = c.facts #>> '{details,mail,mailId}'
       where m.key = ${createHash('sha256').update(identity).digest()}`);
    if (row === undefined) throw new Error('this mail became no contact');
    await matchContact(db, row.id, match);
    await assignContact(db, row.id, assign);
    ids.push(row.id);
  }
  return ids;
}

function bytesOf(mail: Eml, at: Date): Buffer {
  const text = eml(mail).toString('latin1');
  return Buffer.from(text.replace(/^Date: .*\r\n/m, `Date: ${at.toUTCString()}\r\n`), 'latin1');
}

/** What HylaFAX mails of a fax; `pages: 0`: the reception failed. */
export function faxMail(fax: { readonly number: string; readonly pages: number; readonly at?: Date }): Posted {
  const { number, pages, ...at } = fax;
  count += 1; // no two look the same: the same picture sent again is the same fax
  const failed = pages === 0;
  return {
    from: 'HylaFAX Agent <fax@ours.example>',
    to: 'fax@ours.example',
    subject: 'Fax received from "ACME"',
    text: [
      '          Sender: ACME',
      `           Pages: ${pages}`,
      '        Received: 2026:11:17 10:00:00',
      `         CallID1: ${number}`,
      ...(failed ? ['Fax not received {E123}'] : []),
      '',
    ].join('\n'),
    files: failed ? [] : [{ name: 'fax000000042.tif', type: 'image/tiff', content: g4tiff(pages, count) }],
    ...at,
  };
}

async function needDuty(db: OfficeUnderTest['db']): Promise<void> {
  const [duty] = await db.rows(sql`select 1 from employee where is_duty`);
  if (duty) return;
  const id = await addEmployee(db, { name: 'Дежурный' });
  await db.rows(sql`update employee set is_duty = true where id = ${id}`);
}
