import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Trunk {
  readonly name: string;
  readonly port: number;
  readonly secret?: string;
}

export interface OfficeYaml {
  readonly smtp: string;
  readonly trunks: readonly Trunk[];
  /** Default: embedded. */
  readonly database?: string;
  /** Default: in the database. */
  readonly redis?: string;
  /** Default 0: any free port. */
  readonly webPort?: number;
  readonly people?: string;
  /** As it stands in YAML between double quotes; default three digits. */
  readonly extensions?: string;
  /** Connectors beside the trunks, each as it stands in YAML. */
  readonly connectors?: readonly string[];
  /** Default: calls at once, as many a day as there are. */
  readonly prompts?: string;
  /** Lines put at the end of the file. */
  readonly more?: string;
}

/** An office as IT would write it down, in a temporary folder: the YAML file and the people and clients of the example. */
export interface OfficeFolder {
  readonly folder: string;
  readonly file: string;
  readonly dataDir: string;
  write(yaml: OfficeYaml): void;
  /** Writes these very words as the configuration. */
  writeRaw(text: string): void;
  writePeople(csv: string): void;
  writeClients(csv: string): void;
  remove(): void;
}

export const amiSecret = 'geheim';
const examples = join(import.meta.dirname, '../../config');

export function makeOfficeFolder(): OfficeFolder {
  const folder = mkdtempSync(join(tmpdir(), 'letopis-office-'));
  for (const name of ['people.csv', 'clients.csv']) cpSync(join(examples, name), join(folder, name));
  const file = join(folder, 'letopis.yml');
  return {
    folder,
    file,
    dataDir: join(folder, 'data'),
    write: (yaml) => writeFileSync(file, yamlOf(yaml)),
    writeRaw: (text) => writeFileSync(file, text),
    writePeople: (csv) => writeFileSync(join(folder, 'people.csv'), csv),
    writeClients: (csv) => writeFileSync(join(folder, 'clients.csv'), csv),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function yamlOf(yaml: OfficeYaml): string {
  const { smtp, trunks, database, redis, webPort, people, extensions, prompts, more } = yaml;
  const ofTrunks = trunks.map(
    ({ name, port, secret }) =>
      `  - { name: ${name}, kind: asterisk-ami, host: 127.0.0.1, port: ${port}, username: letopis, ` +
      `secret: ${secret ?? amiSecret}, timeoutSeconds: 3 }`,
  );
  const connectors = [...ofTrunks, ...(yaml.connectors ?? []).map((one) => `  - ${one}`)];
  return `office: { name: Ромашка, country: UA, timezone: Europe/Kyiv, language: ru, duty: Олена Коваль }
dataDir: ./data
database: ${database ?? 'embedded'}
queue: ${redis ?? 'database'}
web:
  listen: 127.0.0.1:${webPort ?? 0}
${webPort ? `  publicUrl: http://127.0.0.1:${webPort}\n` : ''}mail: { smtp: "${smtp}", from: "Letopis <letopis@romashka.example>" }
own: { domains: [romashka.example], numbers: ["+380440001000"], extensions: "${extensions ?? '^\\\\d{3}$'}" }
people: ${people ?? './people.csv'}
clients: ./clients.csv
occasions: [Переговоры, Заказ, Претензия]
prompts: ${prompts ?? '{ call: immediately, perDay: 1000 }'}
connectors:${connectors.length === 0 ? ' []' : `\n${connectors.join('\n')}`}
${more ?? ''}`;
}
