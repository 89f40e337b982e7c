import type { ClientPoint, ClientRow } from './clients.ts';
import { fold, type Rejection } from './csv.ts';
import { emailPoint, type FileRead, phonePoints } from './people.ts';
import { type Card, type Property, readCards } from './vcard-text.ts';

/**
 * vCards (2.1, 3.0, 4.0; several in a file) → clients. A card with an organisation is a person at a client; one without is a
 * private client; one that stands for the organisation itself (KIND:org, or no name beside it) is the client alone.
 */
export function readVcards(content: Uint8Array, options: { readonly file: string; readonly region: string | null }) {
  const { cards, broken } = readCards(content);
  const rejected: Rejection[] = [];
  const clients = new Map<string, Gathered>();
  for (const card of cards) {
    const who = whoIs(card);
    if (typeof who === 'string') {
      rejected.push({ line: card.line, column: null, value: '', reason: who });
      continue;
    }
    const key = fold(who.client);
    const known = clients.get(key) ?? newClient(card.line, key, who);
    clients.set(key, known);
    const person = who.person === null ? null : (known.people.get(fold(who.person)) ?? who.person);
    if (person !== null) known.people.set(fold(person), person);
    for (const point of pointsOf(card, person, options.region, rejected))
      known.points.set(`${point.kind} ${point.address} ${fold(point.person ?? '')}`, point);
  }
  const rows = [...clients.values()].map(({ isPrivate, people, points, ...client }): ClientRow => {
    const rest = { people: [...people.values()], points: [...points.values()] };
    return { ...client, ...rest, ...(isPrivate ? { kind: 'private' as const } : {}) };
  });
  const read: FileRead<ClientRow> = { file: options.file, rows, rejected, notes: [`${cards.length} cards`], broken };
  return read;
}

/** Does the file say that it is one, whatever its name? */
export function isVcard(content: Uint8Array): boolean {
  const start = Buffer.from(content.subarray(0, 200)).toString('latin1').replaceAll('\0', '');
  return /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*BEGIN:VCARD\s/i.test(start);
}

interface Gathered {
  readonly line: number;
  readonly key: string;
  readonly name: string;
  readonly class: null;
  readonly responsible: null;
  readonly isPrivate: boolean;
  readonly people: Map<string, string>;
  readonly points: Map<string, ClientPoint>;
}

function newClient(line: number, key: string, { client, isPrivate }: Who): Gathered {
  const [people, points] = [new Map<string, string>(), new Map<string, ClientPoint>()];
  return { line, key, name: client, class: null, responsible: null, isPrivate, people, points };
}

interface Who {
  readonly client: string;
  readonly person: string | null;
  readonly isPrivate: boolean;
}

/** Or why it is nobody. */
function whoIs(card: Card): Who | string {
  const first = (name: string) => card.properties.find((property) => property.name === name);
  const kind = first('KIND')?.text.toLowerCase();
  if (kind === 'group') return 'a group of other cards';
  const organisation = oneSpace(first('ORG')?.parts.find((part) => part.trim() !== '') ?? '');
  const [family = '', given = '', middle = ''] = first('N')?.parts ?? [];
  const composed = oneSpace([given, middle, family].join(' '));
  const name = oneSpace(first('FN')?.text ?? '') || composed || oneSpace(first('NICKNAME')?.text ?? '');
  const isCompany = kind === 'org' || /company/i.test(first('X-ABSHOWAS')?.text ?? '');
  if (fold(organisation || name) === '') return 'no name';
  if (organisation === '') return { client: name, person: null, isPrivate: !isCompany };
  const isItself = isCompany || fold(name) === '' || fold(name) === fold(organisation);
  return { client: organisation, person: isItself ? null : name, isPrivate: false };
}

function oneSpace(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}

function pointsOf(card: Card, person: string | null, region: string | null, rejected: Rejection[]): ClientPoint[] {
  return card.properties.flatMap((property): ClientPoint[] => {
    const reject = (column: string) => (value: string, reason: string) => {
      rejected.push({ line: property.line, column, value, reason });
    };
    if (property.name === 'EMAIL') {
      const written = property.text.replace(/^mailto:/i, '');
      if (written === '') return [];
      return emailPoint(written, (reason) => reject('email')(written, reason)).map((point) => ({ ...point, person }));
    }
    if (property.name !== 'TEL' || property.text === '') return [];
    const kind = isOf(property, 'fax') ? 'fax' : 'phone';
    const mobile = isOf(property, 'cell') ? { mobile: true } : {};
    // The fax stands in the office: it is the client's, like that of a table.
    const owner = kind === 'fax' ? null : person;
    return phonePoints(kind, property.text, region, reject(kind)).map((point) => ({
      ...point,
      ...mobile,
      person: owner,
    }));
  });
}

function isOf({ types }: Property, type: string): boolean {
  return types.includes(type);
}
