import type { Match } from '../core/contact/match.ts';
import { addressesOf, participantsOf } from '../core/contact/participants.ts';
import type { Db } from '../store/base/db.ts';
import {
  calledParts,
  employeesEver,
  hintTexts,
  lastContactsBefore,
  type PastContact,
  pointsEver,
} from '../store/deciding/look-back.ts';
import type { PointRow } from '../store/deciding/matching.ts';
import { clientsAt, decideMatch, hasStrong } from './decide.ts';
import { hintNumbers, type MatchOffice, type OutsideRead, questionOf, readOutside } from './question.ts';

/** Decides of many contacts of the past whose they were. */
export interface Answers {
  /**
   * By contact. With as few questions as there are different answers: where one client at most had the address, it depends on
   * the moment alone; only where several had it, who took the contact and who was there last is asked, of all at once. Equal
   * answers are the same object.
   */
  decide(tx: Db, contacts: readonly PastContact[]): Promise<ReadonlyMap<string, Match>>;
  /** Of those in front of the first contact whose address several clients had then, in order: there the moment alone decides. */
  decideFront(tx: Db, contacts: readonly PastContact[]): Promise<readonly Answered[]>;
}

export interface Answered {
  readonly contactId: string;
  /** The address as it is compared. */
  readonly normalized: string | null;
  readonly match: Match;
}

export function openAnswers(office: MatchOffice): Answers {
  const reads = new Map<string, OutsideRead>();
  const read = (contact: PastContact): OutsideRead => {
    const { outsideKind: kind, outside: value, withheld } = contact;
    const region = regionOf(contact, office);
    const key = JSON.stringify([kind, value, withheld, region]);
    const known = reads.get(key);
    if (known !== undefined) return known;
    const made = readOutside(kind === null || value === null ? null : { kind, value }, office, { region, withheld });
    if (reads.size > 10_000) reads.clear(); // of a domain every mailbox is another one
    reads.set(key, made);
    return made;
  };
  const lookUp = async (tx: Db, contacts: readonly PastContact[]) => {
    const known = contacts.map(
      (contact): Known => ({ contact, read: read(contact), points: [], hints: [], takenBy: [] }),
    );
    return withHints(tx, await withPoints(tx, known, office), office);
  };
  return {
    async decideFront(tx, contacts) {
      const known = await lookUp(tx, contacts);
      const contested = known.findIndex((one) => rivalsOf(one).size > 1);
      return known.slice(0, contested < 0 ? known.length : contested).map((one) => {
        return { contactId: one.contact.id, normalized: one.read.normalized, match: decideMatch(asQuestion(one)) };
      });
    },
    async decide(tx, contacts) {
      const asked = await withTies(tx, await lookUp(tx, contacts), office);
      const same = new Map<string, Match>();
      return new Map(
        asked.map((one): [string, Match] => {
          const match = decideMatch(asQuestion(one));
          const key = JSON.stringify(match);
          const first = same.get(key) ?? match;
          same.set(key, first);
          return [one.contact.id, first];
        }),
      );
    },
  };
}

/** What is known of a contact, step by step. */
interface Known {
  readonly contact: PastContact;
  readonly read: OutsideRead;
  readonly points: readonly PointRow[];
  readonly hints: readonly PointRow[];
  readonly takenBy: readonly string[];
}

function asQuestion({ contact: { startedAt: at, isClaimed }, read, points, hints, takenBy }: Known) {
  return questionOf(read, points, hints, { at, isClaimed, takenBy });
}

function regionOf({ connector }: PastContact, office: MatchOffice): string | null {
  return office.regionOf(connector) ?? office.region;
}

async function withPoints(tx: Db, all: readonly Known[], { zone = 'UTC' }: MatchOffice): Promise<readonly Known[]> {
  const kinds = [...new Set(all.flatMap(({ read }) => read.kinds))];
  const addresses = [...new Set(all.flatMap(({ read }) => read.addresses))];
  const found = addresses.length === 0 ? [] : await pointsEver(tx, { kinds, addresses, zone });
  const points = byAddress(found);
  return all.map((one) => ({ ...one, points: one.read.addresses.flatMap((address) => points.get(address) ?? []) }));
}

/** Numbers in what was sent, where there is nothing strong. */
async function withHints(tx: Db, all: readonly Known[], office: MatchOffice): Promise<readonly Known[]> {
  const open = all.filter((one) => !hasStrong(asQuestion(one))).map(({ contact }) => contact.id);
  if (open.length === 0) return all;
  const texts = new Map((await hintTexts(tx, open)).map(({ id, text }) => [id, text]));
  const numbersOf = ({ contact, read }: Known): readonly string[] => {
    const text = texts.get(contact.id);
    return text === undefined ? [] : hintNumbers(text, read.normalized, office, regionOf(contact, office));
  };
  const numbers = all.map(numbersOf);
  const addresses = [...new Set(numbers.flat())];
  if (addresses.length === 0) return all;
  const points = byAddress(await pointsEver(tx, { kinds: ['phone', 'fax'], addresses, zone: office.zone ?? 'UTC' }));
  return all.map((one, i) => ({ ...one, hints: (numbers[i] ?? []).flatMap((number) => points.get(number) ?? []) }));
}

/** Clients who had the address at that moment, and those whose numbers stand in the text. */
function rivalsOf(one: Known): ReadonlySet<string> {
  const { owners, hints } = asQuestion(one);
  return clientsAt([...owners, ...hints], one.contact.startedAt);
}

/** Who took the contact and who was there last, where several clients had the address at that moment. */
async function withTies(tx: Db, all: readonly Known[], office: MatchOffice): Promise<readonly Known[]> {
  const contested = new Map(
    all.flatMap((one) => {
      const clients = rivalsOf(one);
      return clients.size > 1 ? [[one.contact.id, { ...one, clients: [...clients] }] as const] : [];
    }),
  );
  if (contested.size === 0) return all;
  const called = await calledParts(tx, [...contested.keys()]);
  const people = new Map(
    called.map(({ id, called: parts }) => {
      const contact = contested.get(id)?.contact;
      const region = contact === undefined ? null : regionOf(contact, office);
      return [id, addressesOf(participantsOf(parts, office.extensions, region))];
    }),
  );
  const ours = await employeesEver(tx, [...new Set([...people.values()].flat())]);
  const asked = [...contested].flatMap(([contactId, { contact, clients }]) =>
    clients.map((clientId) => ({ contactId, clientId, at: contact.startedAt })),
  );
  const before = await lastContactsBefore(tx, asked);
  const last = new Map(before.map(({ contactId, clientId, at }) => [`${contactId} ${clientId}`, at]));
  const dated = (id: string, points: readonly PointRow[]) =>
    points.map((point) => ({ ...point, lastContactAt: last.get(`${id} ${point.clientId}`) ?? null }));
  return all.map((one) => {
    const { id, startedAt: at } = one.contact;
    if (!contested.has(id)) return one;
    const addresses = new Set(people.get(id));
    const took = ours.filter(
      ({ address, since, until }) =>
        addresses.has(address) && (since === null || since <= at) && (until === null || at < until),
    );
    const takenBy = took.map(({ employeeId }) => employeeId);
    return { ...one, points: dated(id, one.points), hints: dated(id, one.hints), takenBy };
  });
}

function byAddress(points: readonly PointRow[]): ReadonlyMap<string, readonly PointRow[]> {
  const found = new Map<string, PointRow[]>();
  for (const point of points) {
    const list = found.get(point.address);
    if (list === undefined) found.set(point.address, [point]);
    else list.push(point);
  }
  return found;
}
