import { z } from 'zod';
import type { Duration } from '../core/time/calendar.ts';
import { parseDuration, Refused, text } from './fields.ts';

const attribute = (description: string, ...names: string[]) =>
  z
    .union([z.string().trim().min(1), z.array(z.string().trim().min(1)).min(1)])
    .meta({ description })
    .prefault(names)
    .transform((written) => (typeof written === 'string' ? [written] : written));

const group = (description: string) => z.string().trim().min(1).meta({ description }).optional();

/** People of Active Directory, OpenLDAP and the like: the attributes are those of RFC 4519, RFC 2798 and [MS-ADA]. */
export const Ldap = z
  .strictObject({
    url: text('the server, ldaps://host or ldap://host with startTls', parseLdapUrl, 'ldaps://dc1.romashka.example'),
    startTls: z.boolean().describe('on ldap:// the connection is encrypted before the login').default(true),
    insecure: z
      .boolean()
      .describe('on ldap:// without startTls login and password may go over the wire as they are')
      .default(false),
    ca: z
      .string()
      .min(1)
      .meta({ description: 'PEM file of the authority that signed the server’s certificate', format: 'path' })
      .optional(),
    bindDn: z
      .string()
      .trim()
      .min(1)
      .meta({
        description: 'who we sign in as; reading is enough',
        examples: ['cn=letopis,ou=services,dc=romashka,dc=example'],
      }),
    password: z
      .string()
      .min(1)
      .meta({ description: 'his password', examples: ['${env:LDAP_PASSWORD}'] }),
    base: z
      .string()
      .trim()
      .min(1)
      .meta({ description: 'where our people stand in the tree', examples: ['ou=people,dc=romashka,dc=example'] }),
    filter: z
      .string()
      .trim()
      .min(3)
      .describe('which entries are people')
      .default(
        '(&(|(objectClass=inetOrgPerson)(&(objectClass=user)(!(objectClass=computer))))(|(mail=*)(telephoneNumber=*)(ipPhone=*)))',
      ),
    attributes: z
      .strictObject({
        name: attribute('the first that has a value', 'displayName', 'cn'),
        email: attribute(
          'all of them are his; prompts go to the first',
          'mail',
          'mailAlternateAddress',
          'proxyAddresses',
        ),
        extension: attribute(
          'his phone here, alone or behind a number',
          'ipPhone',
          'telephoneNumber',
          'otherTelephone',
        ),
        mobile: attribute('his numbers outside', 'mobile', 'otherMobile'),
        department: attribute('the first that has a value', 'department', 'departmentNumber', 'ou'),
        language: attribute('ru, uk or en', 'preferredLanguage'),
      })
      .describe('in which attributes it stands')
      .prefault({}),
    groups: z
      .strictObject({ supervisor: group('DN of a group whose members are supervisors'), it: group('the same for IT') })
      .describe('without groups the service says nothing of roles')
      .prefault({}),
    every: text('how often it is looked at', parseMinutes, '15m').prefault('15m'),
  })
  .superRefine((written, context) => {
    const isPlain = written.url.startsWith('ldap:') && !written.startTls;
    if (isPlain && !written.insecure)
      context.addIssue({
        code: 'custom',
        path: ['startTls'],
        message:
          'an encrypted connection: startTls: true or ldaps://; else insecure: true, and everybody on the wire reads the password',
      });
    if (written.url.startsWith('ldaps:') && written.insecure)
      context.addIssue({ code: 'custom', path: ['insecure'], message: 'no insecure with ldaps://' });
  });

function parseLdapUrl(written: string): string | Refused {
  const url = URL.canParse(written) ? new URL(written) : null;
  const isRight =
    url !== null &&
    /^ldaps?:$/.test(url.protocol) &&
    url.hostname !== '' &&
    /^\/?$/.test(url.pathname) &&
    url.search === '';
  return isRight
    ? written.replace(/\/$/, '')
    : new Refused(
        'ldaps://host or ldap://host[:port]',
        [],
        /^[\w.-]+$/.test(written) ? `ldaps://${written}` : undefined,
      );
}

/** At least a minute, at most a day: not working days. */
function parseMinutes(written: string): number | Refused {
  const duration: Duration | Refused = parseDuration(written);
  if (duration instanceof Refused || duration.unit !== 'minutes' || duration.minutes > 1440)
    return new Refused('a time span from 1m to 1d', ['15m', '1h']);
  return duration.minutes;
}
