import type { MailTruth } from '../mailbox/make-mailbox.ts';
import { ourDomain, type World } from '../mailbox/world.ts';
import type { OfficeFolder } from './office-folder.ts';

/** Writes the office of a generated mailbox as IT would: its people, its clients, a configuration with these connectors. */
export function writeMailOffice(
  office: OfficeFolder,
  world: World,
  given: {
    readonly connectors: readonly string[];
    readonly smtp?: string;
    readonly prompts?: string;
    readonly database?: string;
  },
): void {
  const people = world.employees.map(({ name, email }) => `${name},${email}`);
  office.writePeople(`name,email\n${people.join('\n')}\n`);
  const clients = world.clients.flatMap(({ name, people: all, phones, domain, employee }) =>
    all.map((one, i) =>
      [name, one.name, one.email, i === 0 ? phones.join(';') : '', domain ?? '', employee].map(quoted).join(','),
    ),
  );
  office.writeClients(`name,person,email,phone,domain,responsible\n${clients.join('\n')}\n`);
  const { smtp = 'smtp://127.0.0.1:9', prompts = '{ email: never, fax: never }', database = 'embedded' } = given;
  office.writeRaw(`office: { country: UA, timezone: Europe/Kyiv, language: uk, duty: ${world.employees[0]?.email} }
dataDir: ./data
database: ${database}
web: { listen: "127.0.0.1:0" }
mail: { smtp: "${smtp}", from: "Letopis <letopis@${ourDomain}>" }
own: { domains: [${ourDomain}] }
people: ./people.csv
clients: ./clients.csv
prompts: ${prompts}
connectors:
${given.connectors.map((one) => `  - ${one}`).join('\n')}
`);
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** What must stand in the history of these mails: a contact for each that is one, however often it came. */
export function expectedContacts(truths: readonly MailTruth[]): readonly FoundContact[] {
  return truths
    .filter(({ capture }) => capture)
    .map(({ messageId, fax, direction }) => ({
      messageId,
      channel: fax === null ? 'email' : 'fax',
      direction: direction === 'in' ? 'inbound' : 'outbound',
    }))
    .sort(byMessageId);
}

export interface FoundContact {
  readonly messageId: string;
  readonly channel: string;
  readonly direction: string;
}

export function byMessageId(a: FoundContact, b: FoundContact): number {
  return a.messageId < b.messageId ? -1 : a.messageId > b.messageId ? 1 : 0;
}
