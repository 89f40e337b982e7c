import type { RE2JS } from 're2js';
import type { FaxFacts as StoredFax } from '../../core/contact/mail.ts';
import { readNumbers } from '../../core/phone/phone.ts';
import { oneLine } from '../../core/text.ts';
import type { MailAttachment, MailRead } from '../reading/mail-read.ts';
import { type CompiledProfile, type FaxGroup, type FaxStatus, faxGroups, fold } from './profile.ts';
import { builtIn } from './profiles.ts';

/** One fax as its gateway's mail tells it; what stands in the history, and three facts for ourselves. */
export interface FaxFacts extends StoredFax {
  /** Of a sent report: was it sent? Of a reception: was it received? */
  readonly succeeded: boolean;
  /** Counted in the document; may differ from what the mail says. */
  readonly documentPages: number | null;
  readonly profile: string;
}

export interface FaxOffice {
  readonly region: string | null;
  /** Our own numbers, E.164: never the other party. */
  readonly ownNumbers: ReadonlySet<string>;
  /** The mailbox takes faxes alone: what looks like one is one, whoever sent it. */
  readonly isFaxMailbox: boolean;
  readonly isOwn: (email: string) => boolean;
}

/** The fax a mail reports, by the first profile that fits; null when it is none. Pure; never throws. */
export function readFax(mail: MailRead, profiles: readonly CompiledProfile[], office: FaxOffice): FaxFacts | null {
  if (mail.head.prefix !== null) return null; // people answer and forward; gateways do not
  // Nineteen patterns on every mail take more time than reading it.
  if (profiles === builtIn && !mayBeFax(mail)) return null;
  const body = mail.fullText.slice(0, 60_000);
  for (const profile of profiles) {
    if (!fits(mail, body, profile)) continue;
    const facts = factsOf(mail, body, profile, office);
    if (!profile.profile.needsProof || isProven(mail, facts, office)) return facts.fax;
  }
  return null;
}

const faxWord = /fax|факс|facsimil|jconnect|onebox|j2/i;

/** Our own profiles all need one of these words in the subject. */
export function mayBeFax({ head }: Pick<MailRead, 'head'>): boolean {
  if (head.prefix !== null) return false;
  return faxWord.test(head.subject) || head.fields['uprxs-efax'] !== undefined;
}

function fits(mail: MailRead, body: string, { match, profile }: CompiledProfile): boolean {
  const from = mail.head.from === null ? '' : `${mail.head.from.name ?? ''} <${mail.head.from.email}>`;
  const header = mail.head.fields[profile.match.header?.name.toLowerCase() ?? '']?.[0] ?? '';
  const found = (pattern: RE2JS | null, text: string) => pattern === null || pattern.matcher(text).find();
  return (
    found(match.subject, mail.head.subject) &&
    found(match.from, from) &&
    found(match.body, body) &&
    found(match.header, header)
  );
}

interface Found {
  readonly fax: FaxFacts;
  /** How many lines of the body spoke with labels of the profile. */
  readonly labels: number;
}

function factsOf(mail: MailRead, body: string, compiled: CompiledProfile, office: FaxOffice): Found {
  const { profile } = compiled;
  const subject = mail.head.subject;
  const both = `${subject}\n${body}`;
  const documents = mail.attachments.filter(isDocument);
  const document = documents[0] ?? null;
  const labelled = readLabels(body, compiled.labels);
  const values = new Values();
  for (const pattern of [compiled.match.subject, ...compiled.find.subject]) values.takeFrom(pattern, subject);
  values.take(labelled);
  for (const pattern of [compiled.match.body, ...compiled.find.body]) values.takeFrom(pattern, body);
  for (const pattern of compiled.find.attachment) values.takeFrom(pattern, document?.name ?? '');
  const toNumber = numberReader(office, profile.region ?? null);
  const isReport = profile.status === 'sent-report';
  const failed = compiled.failed?.matcher(both).find() ?? false;
  const notSent = isReport && (compiled.notSent?.matcher(both).find() ?? false);
  const status: FaxStatus = isReport ? 'sent-report' : failed ? 'failed' : (profile.status ?? 'received');
  const hasFailed = status === 'failed' || notSent;
  const station = values.text('station');
  const isOurs = (number: string) => office.ownNumbers.has(number);
  const number = [...values.all('number'), ...(station === null ? [] : [station])]
    .map(toNumber)
    .find((one) => one !== null && !isOurs(one));
  const to = values.text('to');
  const fax: FaxFacts = {
    status,
    number: number ?? null,
    station,
    name: nameOf(values),
    pages: hasFailed ? 0 : pagesOf(values.all('pages')),
    document: document?.name ?? null,
    to: to === null ? null : (toNumber(to) ?? (to.includes('@') ? null : to.slice(0, 80))),
    error: hasFailed ? (values.text('error') ?? (isReport ? 'not sent' : null)) : null,
    succeeded: !hasFailed,
    documentPages: document?.pages ?? null,
    profile: profile.name,
  };
  return { fax, labels: labelled.size };
}

/** What people write about faxes has neither a machine's sender nor a machine's lines. */
function isProven(mail: MailRead, { fax, labels }: Found, office: FaxOffice): boolean {
  const from = mail.head.from;
  const isMachine =
    office.isFaxMailbox ||
    mail.head.fields['auto-submitted'] !== undefined ||
    (from !== null && (office.isOwn(from.email) || machine.test(from.email) || machine.test(from.name ?? '')));
  const says = fax.number !== null || fax.pages !== null || fax.station !== null;
  const hasEvidence = fax.document !== null || labels >= 2 || fax.status !== 'received';
  return hasEvidence && (isMachine ? says || fax.document !== null : says && labels >= 1);
}

const machine =
  /fax|факс|no-?reply|pbx|asterisk|voip|notif|robot|daemon|^root@|freeswitch|^message@|gateway|3cx|mailer|scan|атс|server|сервер|service/i;

/** Values found so far, in the order in which they are believed. */
class Values {
  readonly #found = new Map<FaxGroup, string[]>();

  takeFrom(pattern: RE2JS | null, text: string): void {
    if (pattern === null) return;
    const named = Object.keys(pattern.namedGroups());
    if (named.length === 0) return;
    const matcher = pattern.matcher(text);
    if (!matcher.find()) return;
    for (const group of faxGroups) if (named.includes(group)) this.#add(group, matcher.group(group));
  }

  take(values: ReadonlyMap<FaxGroup, readonly string[]>): void {
    for (const [group, list] of values) for (const value of list) this.#add(group, value);
  }

  all(group: FaxGroup): readonly string[] {
    return this.#found.get(group) ?? [];
  }

  text(group: FaxGroup): string | null {
    return this.all(group)[0] ?? null;
  }

  #add(group: FaxGroup, value: string | null | undefined): void {
    const text = oneLine(value ?? '')
      .replace(/^["'«“\s]+|["'»”\s]+$/g, '')
      .slice(0, 200);
    if (text === '' || nobody.test(text)) return;
    const list = this.#found.get(group) ?? [];
    this.#found.set(group, [...list, text]);
  }
}

/** What gateways write where they know nothing. */
const nobody =
  /^<?(?:unspecified|none|unknown|unavailable|anonymous|private|restricted|not available|n\/?a|null|blocked|withheld|no caller ?id|out of area|-+|неизвест\p{L}*|невідом\p{L}*|скрыт\p{L}*|прихован\p{L}*|не определ[её]н|не визначено|аноним\p{L}*|анонім\p{L}*)>?$/iu;

/** A number as a gateway writes it: of the office's country, else of the service's, else whole but for its plus. */
function numberReader(office: FaxOffice, region: string | null): (text: string) => string | null {
  return (text) => {
    const bracketed = /<\s*(\+?[\d() .-]{5,})\s*>/.exec(text)?.[1] ?? text;
    const regions = region === null ? [office.region] : [office.region, region];
    for (const one of regions) {
      const [number] = readNumbers(bracketed, one).numbers;
      if (number !== undefined) return number.e164;
    }
    const digits = bracketed.replace(/\D/g, '');
    const isBare = /^\+?[\d() .-]+$/.test(bracketed.trim()) && digits.length >= 11 && digits.length <= 15;
    if (!isBare || /^[08]/.test(digits)) return null;
    return readNumbers(`+${digits}`, null).numbers[0]?.e164 ?? null;
  };
}

function pagesOf(texts: readonly string[]): number | null {
  for (const text of texts) {
    const pages = Number(/^\d{1,4}(?!\d)/.exec(text)?.[0] ?? Number.NaN);
    if (Number.isInteger(pages)) return pages;
  }
  return null;
}

/** A name that is a number, a file or an address says nothing new. */
function nameOf(values: Values): string | null {
  const names = values.all('name').filter((name) => /\p{L}/u.test(name) && !/\d{6,}|@/.test(name));
  return names[0] ?? null;
}

function readLabels(body: string, labels: ReadonlyMap<string, FaxGroup>): ReadonlyMap<FaxGroup, readonly string[]> {
  const found = new Map<FaxGroup, string[]>();
  if (labels.size === 0) return found;
  const lines = body.split('\n').slice(0, 400);
  lines.forEach((line, i) => {
    const match = /^[\s*•>-]*([^:]{1,50}):\s*(.*)$/.exec(line.slice(0, 500));
    const group = labels.get(fold(match?.[1] ?? ''));
    if (group === undefined) return;
    const own = (match?.[2] ?? '').replace(/^\*\s*|\*$/g, '').trim();
    const value = own === '' ? (lines[i + 1] ?? '').trim() : own;
    // A value in the next line must not be the next label.
    if (value === '' || (own === '' && value.includes(':'))) return;
    found.set(group, [...(found.get(group) ?? []), value]);
  });
  return found;
}

function isDocument({ type, name, isInline }: MailAttachment): boolean {
  if (isInline) return false;
  return (
    /tiff?\b|\/(?:x-)?pdf\b|postscript|g3fax/.test(type) ||
    /\.(?:tiff?|pdf|ps|efx|g3|sff)$/i.test(name) ||
    /^image\/(?:png|jpe?g|gif)$/.test(type)
  );
}
