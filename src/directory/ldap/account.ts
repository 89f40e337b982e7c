import { readEmail } from '../../core/email.ts';
import { type Language, languages } from '../../core/language.ts';
import { readNumbers } from '../../core/phone/phone.ts';
import { oneLine } from '../../core/text.ts';
import type { ReadPoint } from '../files/people.ts';

/** What we want to know of an account, and in which attributes it may stand: the first that has a value counts. */
export interface AccountAttributes {
  readonly name: readonly string[];
  /** All of them are his addresses, the first is where prompts go. */
  readonly email: readonly string[];
  readonly extension: readonly string[];
  readonly mobile: readonly string[];
  readonly department: readonly string[];
  readonly language: readonly string[];
}

/** One entry as it came: attribute in lower case → its values. Binary attributes are bytes. */
export type LdapEntry = {
  readonly dn: string;
  readonly values: ReadonlyMap<string, readonly (string | Uint8Array)[]>;
};

/** An account of the company's directory service that is, or was, one of our people. */
export interface Account {
  /** entryUUID (RFC 4530) or objectGUID: stays when name, address or place in the tree change. */
  readonly id: string;
  readonly dn: string;
  readonly name: string;
  readonly email: string | null;
  readonly points: readonly ReadPoint[];
  readonly department: string | null;
  readonly language: Language | null;
  /** Null: the service is not asked for roles. */
  readonly role: 'employee' | 'supervisor' | 'it' | null;
  /** Why he may not sign in any more; null: he may. */
  readonly disabled: string | null;
}

export type AccountRead =
  | { readonly kind: 'account'; readonly account: Account; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly dn: string; readonly reason: string };

/** What tells that an account is disabled or gone; asked for beside what is mapped. */
export const stateAttributes = [
  'useraccountcontrol', // Active Directory [MS-ADTS 2.2.16]: bit 2 = disabled
  'accountexpires', // Active Directory: 100 ns since 1601; 0 and the largest number: never
  'pwdaccountlockedtime', // OpenLDAP's password policy: 000001010000Z = locked by an administrator, for ever
  'nsaccountlock', // 389 Directory Server, FreeIPA
  'logindisabled', // eDirectory
  'shadowexpire', // RFC 2307: days since 1970
] as const;

export interface AccountReading {
  readonly attributes: AccountAttributes;
  /** Country of numbers without country code. */
  readonly region: string | null;
  readonly extensions: Pick<RegExp, 'test'>;
  readonly now: Date;
  /** What the groups say of this DN; null: no groups are configured. */
  roleOf(entry: LdapEntry): Account['role'];
}

/** Pure; what cannot be used of an entry is a note. An entry without an id or a name is nobody. */
export function readAccount(entry: LdapEntry, reading: AccountReading): AccountRead {
  const { attributes, region, extensions, now } = reading;
  const all = (names: readonly string[]) => names.flatMap((name) => textsOf(entry, name));
  const firstOf = (names: readonly string[]) => all(names)[0] ?? null;
  const id = idOf(entry);
  const name = firstOf(attributes.name);
  if (id === null)
    return { kind: 'refused', dn: entry.dn, reason: 'has neither entryUUID nor objectGUID: may the login read them?' };
  if (name === null) return { kind: 'refused', dn: entry.dn, reason: `has no ${attributes.name.join(' and no ')}` };
  const notes: string[] = [];
  const emails = all(attributes.email).flatMap((raw): ReadPoint[] => {
    const written = raw.replace(/^smtp:/i, '');
    if (/^[a-z0-9]+:/i.test(written)) return []; // x500:, sip: of proxyAddresses
    const { email, reason } = readEmail(written);
    if (email === null) notes.push(`${entry.dn}: ${reason ?? 'not an e-mail address'}, found ${JSON.stringify(raw)}`);
    return email === null ? [] : [{ kind: 'email', address: email, raw: written }];
  });
  const mobiles = all(attributes.mobile).flatMap((raw): ReadPoint[] => {
    const { numbers, reason } = readNumbers(raw, region);
    if (numbers.length === 0)
      notes.push(`${entry.dn}: ${reason ?? 'not a phone number'}, found ${JSON.stringify(raw)}`);
    return numbers.map(({ e164 }) => ({ kind: 'phone', address: e164, raw }));
  });
  const desks = all(attributes.extension).flatMap((raw): ReadPoint[] => {
    const found = extensionIn(raw, extensions);
    return found === null ? [] : [{ kind: 'extension', address: found, raw }];
  });
  const points = new Map([...desks, ...mobiles, ...emails].map((point) => [`${point.kind} ${point.address}`, point]));
  const account: Account = {
    id,
    dn: entry.dn,
    name,
    email: emails[0]?.address ?? null,
    points: [...points.values()],
    department: firstOf(attributes.department),
    language: languageOf(firstOf(attributes.language)),
    role: reading.roleOf(entry),
    disabled: disabledBecause(entry, now),
  };
  return { kind: 'account', account, notes };
}

/** `101`, or what stands behind a number: +380 44 000-10-00 ext. 101. Null: a number alone is the office's, not his. */
function extensionIn(raw: string, extensions: Pick<RegExp, 'test'>): string | null {
  const bare = raw.trim();
  if (extensions.test(bare)) return bare;
  const behind = /(?:ext\.?|x|доб\.?|вн\.?|,|#)\s*(\d{2,6})$/iu.exec(bare)?.[1] ?? null;
  return behind !== null && extensions.test(behind) ? behind : null;
}

function idOf(entry: LdapEntry): string | null {
  const [uuid] = textsOf(entry, 'entryuuid');
  if (uuid !== undefined) return uuid.toLowerCase();
  const [bytes] = entry.values.get('objectguid') ?? [];
  return bytes instanceof Uint8Array && bytes.length === 16 ? guidOf(bytes) : null;
}

/** A GUID as Windows shows it: the first three groups are stored with their bytes turned around. */
function guidOf(bytes: Uint8Array): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const hex = order.map((at) => (bytes[at] ?? 0).toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const never = new Set(['0', '9223372036854775807', '-1']);

function disabledBecause(entry: LdapEntry, now: Date): string | null {
  const one = (name: (typeof stateAttributes)[number]) => textsOf(entry, name)[0] ?? '';
  if ((Number(one('useraccountcontrol')) & 2) !== 0) return 'disabled';
  const expires = one('accountexpires');
  if (/^\d+$/.test(expires) && !never.has(expires) && Number(BigInt(expires) / 10_000n) - epoch1601Ms <= now.getTime())
    return 'expired';
  if (one('pwdaccountlockedtime') === '000001010000Z') return 'locked by an administrator';
  if (/^true$/i.test(one('nsaccountlock')) || /^true$/i.test(one('logindisabled'))) return 'disabled';
  const days = one('shadowexpire');
  if (/^\d+$/.test(days) && days !== '0' && Number(days) * 86_400_000 <= now.getTime()) return 'expired';
  return null;
}

const epoch1601Ms = 11_644_473_600_000;

/** DNs are compared without regard to case and to spaces around their signs. */
export function dnKey(dn: string): string {
  return dn.toLowerCase().replace(/\s*([,=+])\s*/g, '$1');
}

function languageOf(written: string | null): Language | null {
  const code = written?.slice(0, 2).toLowerCase() ?? '';
  return languages.find((language) => language === code) ?? null;
}

function textsOf(entry: LdapEntry, name: string): string[] {
  return (entry.values.get(name.toLowerCase()) ?? []).flatMap((value) => {
    const text = typeof value === 'string' ? oneLine(value).trim() : '';
    return text === '' ? [] : [text];
  });
}
