import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface DemoOffice {
  /** Where the configuration and everything else is written. */
  readonly folder: string;
  readonly language: string;
  readonly webPort: number;
  readonly amiPort: number;
  readonly amiSecret: string;
  /** `16:31`: when the mails of the morning are asked about, all in one. */
  readonly digestAt: string;
}

/**
 * Writes the demo's configuration as IT would write it, with the people and clients of the example.
 * @returns the path of the YAML file
 */
export function writeOffice({ folder, language, webPort, amiPort, amiSecret, digestAt }: DemoOffice): string {
  const examples = join(packageRoot(), 'config');
  const people = readFileSync(join(examples, 'people.csv'), 'utf8');
  writeFileSync(join(folder, 'people.csv'), speaking(people, language));
  writeFileSync(join(folder, 'clients.csv'), readFileSync(join(examples, 'clients.csv')));
  writeFileSync(join(folder, 'ami-secret'), amiSecret, { mode: 0o600 });
  const file = join(folder, 'letopis.yml');
  writeFileSync(
    file,
    `office: { name: Ромашка, country: UA, timezone: Europe/Kyiv, language: ${language}, duty: Олена Коваль }
dataDir: ./data
database: embedded
queue: database
web: { listen: "127.0.0.1:${webPort}" }
own: { domains: [romashka.example], numbers: ["+380440001000"], extensions: "^\\\\d{3}$" }
people: ./people.csv
clients: ./clients.csv
occasions: [Переговоры, Заказ, Претензия, Обучение]
prompts: { call: immediately, email: digest ${digestAt}, fax: immediately }
log: { level: warn }
connectors:
  - { name: demo-pbx, kind: asterisk-ami, host: 127.0.0.1, port: ${amiPort}, username: letopis, secret: "\${file:./ami-secret}" }
  - { name: demo-mail, kind: maildir, path: ./mail/office, scope: all, address: office@romashka.example, poll: 5 }
  - { name: demo-faxes, kind: fax-mail, path: ./mail/faxes, address: faxes@romashka.example, poll: 5 }
`,
  );
  return file;
}

/** Everybody in one language, so that whoever looks at the demo can read its pages; the language column is the last but one. */
function speaking(people: string, language: string): string {
  const [header = '', ...rows] = people.trimEnd().split('\n');
  const at = header.split(',').indexOf('language');
  const told = rows.map((row) =>
    row
      .split(',')
      .map((cell, i) => (i === at ? language : cell))
      .join(','),
  );
  return `${[header, ...told].join('\n')}\n`;
}

/** The folder of package.json, from the sources and from dist. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'config', 'people.csv')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
