import type { CaptureDetails } from '../core/contact/capture.ts';
import { type CaptureFacts, outcomeOf } from '../core/contact/capture-json.ts';
import type { MailFacts } from '../core/contact/mail.ts';

/** Captures of one batch that tell of the same contact: they share an identity, directly or over others. */
export interface Group<C extends { readonly links: readonly string[] }> {
  readonly captures: readonly C[];
  /** Every identity of the group, once. */
  readonly links: readonly string[];
}

/** What two sightings are compared by. */
type Comparable = Pick<CaptureFacts, 'identity' | 'links' | 'details' | 'occurredAt'>;

/** Union-find over identities, in the order of the batch. */
export function groupByContact<C extends Comparable>(captures: readonly C[]): Group<C>[] {
  const groups = new Set<{ captures: C[]; links: Set<string> }>();
  const seen = new Set<string>();
  for (const capture of captures) {
    const own = { captures: [capture], links: new Set(capture.links) };
    // Nearly always nobody of the batch shares one: then no group need be asked.
    const isKnown = capture.links.some((link) => seen.has(link));
    for (const link of capture.links) seen.add(link);
    for (const group of isKnown ? groups : []) {
      if (!capture.links.some((link) => group.links.has(link))) continue;
      if (!group.captures.every((other) => tellsTheSame(capture, other))) continue;
      groups.delete(group);
      own.captures.unshift(...group.captures);
      for (const link of group.links) own.links.add(link);
    }
    groups.add(own);
  }
  return [...groups].map(({ captures: members, links }) => ({ captures: members, links: [...links] }));
}

/**
 * Do two sightings that share an identity tell of the same contact? Calls always do. Of mails with one Message-ID only those
 * that say the same: lists put tags into subjects and footers under texts, but a program that gives every mail the same
 * Message-ID writes something else each time. The same image faxed again is the same fax for a day.
 */
export function tellsTheSame(a: Comparable, b: Comparable): boolean {
  const [one, other] = [mailOf(a.details), mailOf(b.details)];
  if (one === null || other === null || a.identity === b.identity) return true;
  if (one.messageId === null || one.messageId !== other.messageId) return isWithinADay(a, b);
  if (one.bodyHash === other.bodyHash) return true;
  const isDegraded = one.fullness === 'headers' || other.fullness === 'headers';
  if ((one.text === '' || other.text === '') && !isDegraded && filesOf(one) !== filesOf(other)) return false;
  const start = (text: string) => text.slice(0, 60);
  const [x, y] = [squeezed(one.text), squeezed(other.text)];
  const within = (left: string, right: string) => left.includes(right) || right.includes(left);
  return within(squeezed(one.subject), squeezed(other.subject)) && (within(x, start(y)) || within(y, start(x)));
}

function mailOf(details: CaptureDetails): MailFacts | null {
  return details.channel === 'email' || details.channel === 'fax' ? details.mail : null;
}

/** Without a word the files are what was sent. */
function filesOf({ files }: MailFacts): string {
  return files.map(({ name, sizeBytes }) => `${name} ${sizeBytes}`).join('\n');
}

function isWithinADay(a: Comparable, b: Comparable): boolean {
  return Math.abs(a.occurredAt.getTime() - b.occurredAt.getTime()) <= 86_400_000;
}

function squeezed(text: string): string {
  return text
    .replace(/[\s>]+/g, '')
    .toLowerCase()
    .slice(0, 200);
}

/**
 * The capture whose word counts for a contact's machine columns. Pure: the same captures give the same answer in any order.
 *
 * Of the same source's words the last one counts (a shutdown may yet tell that the call did not end by itself). A capture
 * that knows more of the conversation's identities knows more of the conversation; a source that saw the call end beats one
 * that was cut off.
 */
export function leadingCapture<C extends CaptureFacts>(captures: readonly C[]): C | undefined {
  const last = new Map<string, C>();
  for (const capture of captures) {
    const known = last.get(capture.identity);
    if (known === undefined || isLater(capture, known)) last.set(capture.identity, capture);
  }
  return [...last.values()].sort(
    (a, b) =>
      b.links.length - a.links.length ||
      Number(isCutOff(a)) - Number(isCutOff(b)) ||
      unread(a) - unread(b) ||
      compare(a.identity, b.identity) ||
      compare(a.links.join(), b.links.join()),
  )[0];
}

function isLater(a: CaptureFacts, b: CaptureFacts): boolean {
  return a.revision === b.revision ? compare(a.links.join(), b.links.join()) < 0 : a.revision > b.revision;
}

function isCutOff(capture: CaptureFacts): boolean {
  return outcomeOf(capture.details) === 'interrupted';
}

/** How much of a mail could not be read: 0 nothing … 2 all but its header. */
function unread({ details }: CaptureFacts): number {
  const mail = mailOf(details);
  return mail === null ? 0 : ['whole', 'partly', 'headers'].indexOf(mail.fullness);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
