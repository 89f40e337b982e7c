import { readFile } from 'node:fs/promises';
import { Client, type Entry, FilterParser, InvalidCredentialsError, ResultCodeError } from 'ldapts';
import { Fault } from '../../core/fault.ts';
import { type AccountAttributes, dnKey, type LdapEntry, stateAttributes } from './account.ts';

/** A directory service and what of it is ours. */
export interface LdapSource {
  /** ldaps://host or ldap://host[:port] */
  readonly url: string;
  /** `starttls`: on an ldap:// address. `none`: passwords go over the wire as they are. */
  readonly tls: 'ldaps' | 'starttls' | 'none';
  /** PEM file of the authority that signed the server's certificate; null: the well-known ones. */
  readonly ca: string | null;
  readonly bindDn: string;
  readonly password: string;
  readonly base: string;
  readonly filter: string;
  readonly attributes: AccountAttributes;
  /** DNs of groups whose members have a role; both null: the service says nothing of roles. */
  readonly groups: { readonly supervisor: string | null; readonly it: string | null };
  readonly everyMs: number;
}

export interface Found {
  readonly entries: readonly LdapEntry[];
  /** DNs of the members of the configured groups, as `dnKey` writes them. */
  readonly members: { readonly supervisor: ReadonlySet<string>; readonly it: ReadonlySet<string> };
}

const timeoutMs = 20_000;
const pageSize = 500;
const mostEntries = 50_000;

/**
 * Everybody the service has under `base`, read page by page (RFC 2696).
 *
 * @throws Fault ldap.unreachable (retry); ldap.login_refused, ldap.tls_refused, ldap.no_such_base, ldap.refused (reconfigure)
 */
export async function findEntries(source: LdapSource): Promise<Found> {
  const { bindDn, password, base, filter, attributes, groups } = source;
  checkFilter(filter);
  const client = await open(source);
  const place = { url: source.url, bindDn };
  try {
    await client.bind(bindDn, password);
    const wanted = [...Object.values(attributes).flat(), ...stateAttributes, 'entryUUID', 'objectGUID', 'memberOf'];
    const pages = client.searchPaginated(base, {
      scope: 'sub',
      filter,
      attributes: [...new Set(wanted)],
      explicitBufferAttributes: ['objectGUID'],
      paged: { pageSize },
    });
    const entries: LdapEntry[] = [];
    for await (const { searchEntries } of pages) {
      entries.push(...searchEntries.map(entryOf));
      if (entries.length > mostEntries)
        throw new Fault('ldap.refused', 'reconfigure', {
          ...place,
          base,
          cure: `more than ${mostEntries} entries: a narrower base or filter?`,
        });
    }
    return {
      entries,
      members: { supervisor: await membersOf(client, groups.supervisor), it: await membersOf(client, groups.it) },
    };
  } catch (error) {
    throw ldapFault(error, { ...place, base });
  } finally {
    await client.unbind().catch(() => {});
  }
}

function checkFilter(filter: string): void {
  try {
    FilterParser.parseString(filter);
  } catch (error) {
    const cure = 'ldap.filter: a search filter such as (objectClass=inetOrgPerson), every bracket closed';
    throw new Fault('ldap.refused', 'reconfigure', { filter, cure }, error);
  }
}

async function open({ url, tls, ca }: LdapSource): Promise<Client> {
  const tlsOptions = ca === null ? {} : { ca: [await authorityOf(ca)] };
  const client = new Client({
    url,
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    ...(tls === 'ldaps' ? { tlsOptions } : {}),
  });
  if (tls !== 'starttls') return client;
  try {
    await client.startTLS(tlsOptions);
    return client;
  } catch (error) {
    await client.unbind().catch(() => {});
    throw ldapFault(error, { url });
  }
}

async function authorityOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Fault(
      'ldap.tls_refused',
      'reconfigure',
      { ca: file, cure: 'ldap.ca: does the file exist, may Letopis read it?' },
      error,
    );
  }
}

/** A group's own list, for services that do not tell memberOf. */
async function membersOf(client: Client, group: string | null): Promise<ReadonlySet<string>> {
  if (group === null) return new Set();
  const { searchEntries } = await client.search(group, { scope: 'base', attributes: ['member', 'uniqueMember'] });
  return new Set(
    searchEntries
      .map(entryOf)
      .flatMap(({ values }) => [...(values.get('member') ?? []), ...(values.get('uniquemember') ?? [])])
      .flatMap((dn) => (typeof dn === 'string' ? [dnKey(dn)] : [])),
  );
}

function entryOf({ dn, ...attributes }: Entry): LdapEntry {
  const values = Object.entries(attributes).map(([name, value]) => {
    const all = Array.isArray(value) ? value : [value];
    return [name.toLowerCase(), all.filter((one) => typeof one === 'string' || one.length > 0)] as const;
  });
  return { dn, values: new Map(values) };
}

function ldapFault(error: unknown, place: Readonly<Record<string, string>>): Fault {
  if (error instanceof Fault) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof InvalidCredentialsError)
    return new Fault(
      'ldap.login_refused',
      'reconfigure',
      { ...place, cure: 'ldap.bindDn and ldap.password: the service refuses them' },
      error,
    );
  if (error instanceof ResultCodeError) {
    if (error.code === 32)
      return new Fault(
        'ldap.no_such_base',
        'reconfigure',
        { ...place, message, cure: 'ldap.base, or a group of ldap.groups, is not in the tree' },
        error,
      );
    const isBusy = error.code === 51 || error.code === 52 || error.code === 3;
    return isBusy
      ? new Fault('ldap.unreachable', 'retry', { ...place, message }, error)
      : new Fault('ldap.refused', 'reconfigure', { ...place, message }, error);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/CERT|SELF_SIGNED|ALTNAME|ERR_SSL|EPROTO|UNABLE_TO/i.test(code) || /certificate/i.test(message))
    return new Fault(
      'ldap.tls_refused',
      'reconfigure',
      {
        ...place,
        message,
        cure: 'ldap.ca: the authority that signed the certificate; the name in ldap.url must stand in it',
      },
      error,
    );
  return new Fault('ldap.unreachable', 'retry', { ...place, message }, error);
}
