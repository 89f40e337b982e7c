import type { Address, Capture, CaptureDetails } from '../../core/contact/capture.ts';
import type { FaxFacts, MailFacts } from '../../core/contact/mail.ts';
import { sha256Hex } from '../../core/hash.ts';
import { numbersIn } from '../../core/phone/in-text.ts';
import { bodyHash, type MailRead, type MailVerdict, mailIdentity } from '../../mail/index.ts';

/** What is known of a kept mail beside its bytes. */
export interface Kept {
  readonly id: string;
  readonly arrivedAt: Date;
  readonly asks: boolean;
  readonly cut: string | null;
  readonly revision: number;
}

/** Longer than anybody writes; the whole stands in the bytes. */
const longestText = 20_000;
const mostFiles = 100;
const dayMs = 86_400_000;

/**
 * A mail that is a contact (or a program's, kept beside) as a capture. Pure.
 * @param links see `linksOf`
 */
export function toCapture(
  mail: MailRead,
  verdict: MailVerdict,
  kept: Kept,
  links: readonly string[],
  thread: string | null,
  region: string | null,
): Capture {
  const at = timeOf(mail.head.date, kept.arrivedAt);
  const facts = factsOf(mail, verdict, kept, thread, region);
  const isFax = verdict.channel === 'fax' && verdict.fax !== null;
  const details: CaptureDetails =
    isFax && verdict.fax !== null
      ? { channel: 'fax', fax: faxOf(verdict.fax), mail: facts }
      : { channel: 'email', mail: facts };
  return {
    identity: `mail:${kept.id}`,
    revision: kept.revision,
    links,
    channel: details.channel,
    direction: verdict.direction ?? 'inbound',
    occurredAt: at,
    endedAt: at,
    outside: outsideOf(verdict),
    outsideName: isFax ? (verdict.fax?.name ?? verdict.fax?.station ?? null) : nameOf(mail, verdict),
    ours: oursOf(verdict),
    employees: verdict.employees.map((value) => ({ kind: 'email', value })),
    details,
    evidence: `mail ${kept.id}`,
    asks: kept.asks && facts.automatic === null,
  };
}

/**
 * Every identity by which a copy of this mail may be known (DESIGN §6): Message-ID with sender and date, and Message-ID with
 * the body, for copies whose date or sender a server rewrote. Whether a mail that is known by one of them is really the same
 * is looked at again: see `tellsTheSame`.
 */
export function linksOf(mail: MailRead, verdict: MailVerdict, kept: Pick<Kept, 'id' | 'arrivedAt'>): string[] {
  const isFax = verdict.channel === 'fax' && verdict.fax !== null;
  const at = timeOf(mail.head.date, kept.arrivedAt);
  return [...mailLinks(mail, kept.id), ...(isFax ? faxLinks(mail, verdict, at) : [])];
}

function mailLinks(mail: MailRead, id: string): string[] {
  const main = mailIdentity(mail);
  const { messageId } = mail.head;
  // What has no Message-ID is known by its body, which may be read better another time.
  if (messageId === null) return [main, `mail:row:${id}`];
  if (mail.fullText === '') return [main];
  return [main, `mail:body:${sha256Hex(`${messageId}\0${bodyHash(mail)}`)}`];
}

/** The same image from the same number within a day is the same fax, sent again; of two days that touch, one is shared. */
function faxLinks(mail: MailRead, { fax, direction }: MailVerdict, at: Date): string[] {
  const hash = mail.attachments.find(({ name }) => name === fax?.document)?.sha256 ?? null;
  if (hash === null) return [];
  const day = Math.floor(at.getTime() / dayMs);
  const from = fax?.number ?? fax?.station ?? '';
  return [day, day - 1].map((one) => `fax:${direction ?? ''}:${from}:${hash}:${one}`);
}

/** Senders' clocks are believed where they tell the past: a mail cannot have been written after it came. */
function timeOf(date: Date | null, arrivedAt: Date): Date {
  if (date === null || Number.isNaN(date.getTime())) return arrivedAt;
  const isPossible = date.getTime() >= Date.UTC(1990, 0, 1) && date.getTime() <= arrivedAt.getTime() + dayMs;
  return isPossible ? date : arrivedAt;
}

function outsideOf({ client, channel }: MailVerdict): Address | null {
  if (client === null) return null;
  return { kind: client.kind === 'email' ? 'email' : channel === 'fax' ? 'fax' : 'phone', value: client.value };
}

/** A forwarded mail's writer names himself in the text, not in the From. */
function nameOf(mail: MailRead, verdict: MailVerdict): string | null {
  if (verdict.originalSender !== null) return mail.forwarded?.name ?? null;
  if (verdict.direction === 'inbound') return verdict.fromName;
  const to = [...mail.head.to, ...mail.head.cc].find(({ email }) => email === verdict.client?.value);
  return to?.name ?? null;
}

function oursOf({ fax, direction, employee, to, from }: MailVerdict): Address | null {
  if (fax !== null) return fax.to === null ? null : { kind: 'fax', value: fax.to };
  const value = direction === 'inbound' ? (to[0] ?? employee) : (from ?? employee);
  return value === null ? null : { kind: 'email', value };
}

function factsOf(
  mail: MailRead,
  verdict: MailVerdict,
  kept: Kept,
  thread: string | null,
  region: string | null,
): MailFacts {
  return {
    mailId: kept.id,
    messageId: mail.head.messageId,
    thread,
    subject: mail.head.subject,
    from: verdict.from,
    to: verdict.to.slice(0, 50),
    text: mail.text.slice(0, longestText).toWellFormed(),
    ...(verdict.direction === 'inbound' ? { numbers: numbersIn(mail.signedText, region) } : {}),
    files: mail.attachments
      .slice(0, mostFiles)
      .map(({ name, type, sizeBytes, isInline, pages }) => ({ name, type, sizeBytes, isInline, pages })),
    automatic: verdict.verdict === 'automatic' ? (verdict.automatic ?? 'notice') : null,
    reason: verdict.reason,
    originalSender: verdict.originalSender,
    authenticity: verdict.authenticity,
    fullness: mail.fullness === 'nothing' ? 'headers' : kept.cut === null ? mail.fullness : 'partly',
    notes: [...mail.notes, ...(kept.cut === null ? [] : [kept.cut])],
    bodyHash: bodyHash(mail),
  };
}

function faxOf({
  status,
  number,
  station,
  name,
  pages,
  document,
  to,
  error,
}: NonNullable<MailVerdict['fax']>): FaxFacts {
  return { status, number, station, name, pages, document, to, error };
}
