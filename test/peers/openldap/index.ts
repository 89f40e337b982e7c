import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Attribute, Change, Client } from 'ldapts';
import { freePort } from '../../kit/free-port.ts';
import { commandPath } from '../machine.ts';

export const root = 'cn=admin,dc=romashka,dc=example';
export const rootPassword = 'tr0ub4dor';
export const people = 'ou=people,dc=romashka,dc=example';
export const groups = 'ou=groups,dc=romashka,dc=example';

/** A real OpenLDAP on loopback, of this test alone, with an empty tree for people and groups. */
export interface OpenLdap {
  /** ldap://127.0.0.1:port, which also speaks STARTTLS. */
  readonly url: string;
  /** ldaps://localhost:port */
  readonly tlsUrl: string;
  /** File of the server's own certificate, for `localhost` alone. */
  readonly ca: string;
  add(dn: string, attributes: Readonly<Record<string, string | string[]>>): Promise<void>;
  /** An empty value removes the attribute. */
  set(dn: string, attribute: string, value: string): Promise<void>;
  rename(dn: string, to: string): Promise<void>;
  remove(dn: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startOpenLdap(): Promise<OpenLdap> {
  const slapd = commandPath('slapd');
  if (slapd === null) throw new Error('slapd is not here');
  const folder = mkdtempSync(join(tmpdir(), 'letopis-openldap-'));
  mkdirSync(join(folder, 'data'));
  makeCertificate(folder);
  writeFileSync(join(folder, 'ad.schema'), activeDirectory);
  writeFileSync(join(folder, 'slapd.conf'), configurationOf(folder));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const url = `ldap://127.0.0.1:${port}`;
  const listening = `${url} ldaps://localhost:${tlsPort}`;
  const child = spawn(slapd, ['-h', listening, '-f', join(folder, 'slapd.conf'), '-d', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await answers(port, () => (child.exitCode === null ? null : `slapd ended with ${child.exitCode}: ${said}`));
  const client = new Client({ url });
  await client.bind(root, rootPassword);
  await client.add('dc=romashka,dc=example', {
    objectClass: ['dcObject', 'organization'],
    dc: 'romashka',
    o: 'Romashka',
  });
  for (const unit of ['people', 'groups'])
    await client.add(`ou=${unit},dc=romashka,dc=example`, { objectClass: 'organizationalUnit', ou: unit });
  return {
    url,
    tlsUrl: `ldaps://localhost:${tlsPort}`,
    ca: join(folder, 'cert.pem'),
    add: (dn, attributes) => client.add(dn, attributes),
    set: (dn, type, value) =>
      client.modify(
        dn,
        new Change({
          operation: 'replace',
          modification: new Attribute({ type, values: value === '' ? [] : [value] }),
        }),
      ),
    rename: (dn, to) => client.modifyDN(dn, to),
    remove: (dn) => client.del(dn),
    async stop() {
      await client.unbind();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configurationOf(folder: string): string {
  return `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
include ${folder}/ad.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile ${folder}/pid
sizelimit 500
TLSCertificateFile ${folder}/cert.pem
TLSCertificateKeyFile ${folder}/key.pem
database mdb
directory ${folder}/data
maxsize 104857600
suffix "dc=romashka,dc=example"
rootdn "${root}"
rootpw ${rootPassword}
overlay ppolicy
access to * by * read
`;
}

/** The attributes of Active Directory that we read, with their own OIDs [MS-ADA1–3]. */
const activeDirectory = `attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.159 NAME 'accountExpires' EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.3720 NAME 'ipPhone' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.2.840.113556.1.2.141 NAME 'department' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.2.210 NAME 'proxyAddresses' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP inetOrgPerson STRUCTURAL MAY ( userAccountControl $ accountExpires $ objectGUID $ ipPhone $ department $ proxyAddresses ) )
`;

function makeCertificate(folder: string): void {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
    stdio: 'ignore',
  });
  readFileSync(join(folder, 'cert.pem'));
}

async function answers(port: number, failure: () => string | null): Promise<void> {
  for (let n = 0; n < 200; n++) {
    const why = failure();
    if (why !== null) throw new Error(why);
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.unref();
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('slapd does not answer');
}
