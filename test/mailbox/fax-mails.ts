import { type Chance, pad } from './chance.ts';
import { g4tiff, pdf } from './fax-documents.ts';
import type { Part, Person, Writer } from './mime.ts';
import { rfcDate } from './mime.ts';
import { clock, longDate } from './quotes.ts';
import { latin } from './words.ts';
import { type Client, type Human, ourDomain } from './world.ts';

export interface FaxTruth {
  readonly gateway: string;
  readonly from: string;
  readonly tsid: string;
  readonly pages: number;
}

/** A gateway's mail about a fax of `client`: five formats, the document a TIFF or a PDF. */
export function faxMail(chance: Chance, writer: Writer, n: number, date: Date, client: Client, employee: Human) {
  const num = client.phones[0] ?? '';
  const pages = chance.int(1, 6);
  const gateway = chance.pick(['hylafax', 'efax', 'ringcentral', 'freepbx', '3cx'] as const);
  const tsid = latin(client.name).toUpperCase().slice(0, 20);
  const dial = num.slice(1);
  const isTiff = gateway === 'hylafax' || (gateway === 'freepbx' && n % 2 === 1);
  const file = `fax${pad(n, 9)}`;
  const document: Part = isTiff
    ? writer.attach(`${file}.tif`, 'image/tiff', g4tiff(pages, n))
    : writer.attach(`${file}.pdf`, 'application/pdf', pdf(`Fax ${n} ${pages}p`));
  const from: Person = {
    hylafax: { name: 'HylaFAX Agent', email: `fax@${ourDomain}` },
    efax: { name: 'eFax', email: 'message@inbound.efax.example' },
    ringcentral: { name: 'RingCentral', email: 'notify@ringcentral.example' },
    freepbx: { name: '', email: 'fax@freepbx.example' },
    '3cx': { name: '3CX Phone System', email: 'noreply@3cx.example' },
  }[gateway];
  const subject = {
    hylafax: `Fax received from "${tsid}"`,
    efax: `eFax message from "${tsid}" - ${pages} page(s), Caller-ID: ${dial}`,
    ringcentral: `New Fax Message from ${num} on ${pad(date.getUTCMonth() + 1)}/${pad(date.getUTCDate())}/${date.getUTCFullYear()} ${clock(date)}`,
    freepbx: `New fax from: "${tsid}" <${num}>`,
    '3cx': `New Fax from ${num}`,
  }[gateway];
  const received = date.toISOString().slice(0, 19).replace(/-/g, ':').replace('T', ' ');
  const text = {
    hylafax: `recvq/${file}.tif (ftp://fax.${ourDomain}:4559/recvq/${file}.tif):\n          Sender: ${tsid}\n           Pages: ${pages}\n         Quality: Fine\n            Size: ISO A4\n        Received: ${received}\n Time To Receive: ${pages}:0${chance.int(1, 9)}\n     Signal Rate: 14400 bit/s\n     Data Format: 2-D MMR\n   Error Correct: Yes\n         CallID1: ${num}\n         CallID2: ${tsid}\n     Received On: ttyS0\n          CommID: ${pad(n, 9)}`,
    efax: `Fax Message [Caller-ID: ${dial}]\n\nYou have received a ${pages} page fax at ${date.toISOString()}.\n* The reference number for this fax is gen_${n}.`,
    ringcentral: `You Have a New Fax Message\n\nFrom: ${num}\nReceived: ${longDate(date, 'en')}\nPages: ${pages}\nTo: ${employee.name}`,
    freepbx: `Enclosed, please find a new fax from: "${tsid}" <${num}>\nReceived & processed: ${rfcDate(date)}\nOn: pbx.${ourDomain}\nVia: 100`,
    '3cx': `You have received a new fax from ${num}.\nPages: ${pages}`,
  }[gateway];
  const fax: FaxTruth = { gateway, from: num, tsid, pages };
  return { fax, document, from, subject, text };
}
