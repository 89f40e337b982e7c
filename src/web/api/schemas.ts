import { z } from 'zod';
import { outcomesByHand } from '../../core/contact/human.ts';
import { oneLine, typedText } from '../../core/text.ts';

// What programs send and get. The descriptions stand in docs/openapi.json.

/** One line of text from outside. */
export const line = (longest: number) => z.string().overwrite(oneLine).min(1).max(longest);
export const words = (longest: number) => z.string().overwrite(typedText).max(longest);
export const id = z.uuid();
const moment = z.iso.datetime({ offset: true });
const day = z.iso.date();
export const key = z.string().overwrite(oneLine).min(1).max(200).describe('by which the program knows it');

export const pointKinds = ['phone', 'email', 'fax', 'domain'] as const;
const flags = {
  mobile: z.boolean().describe('of his pocket').optional(),
  shared: z.boolean().describe('of several people or clients: weak evidence').optional(),
  reception: z.boolean().describe('of the whole client, whoever calls').optional(),
  gateway: z.boolean().describe('a machine’s').optional(),
  neverCapture: z.boolean().describe('nothing from or to it is kept').optional(),
};

export const NewPoint = z.strictObject({
  kind: z.enum(pointKinds),
  address: line(320).describe('as people write it; numbers without country code are read as of the office’s country'),
  since: moment.describe('from when on it is his; left out: since ever').optional(),
  ...flags,
});
export type NewPoint = z.output<typeof NewPoint>;

export const Point = z
  .object({
    id,
    clientId: id.nullable(),
    personId: id.nullable(),
    kind: z.enum(pointKinds),
    address: z.string().describe('E.164, or in lower case'),
    raw: z.string().describe('as it was written'),
    since: z.string().nullable().describe('null: since ever'),
    until: z.string().nullable().describe('null: for ever; the same as `since`: it was taken back'),
    mobile: z.boolean(),
    shared: z.boolean(),
    reception: z.boolean(),
    gateway: z.boolean(),
    neverCapture: z.boolean(),
    updatedAt: moment,
  })
  .meta({ id: 'Point' });

const clientFields = {
  name: line(200),
  kind: z.enum(['organisation', 'private']).optional(),
  class: line(100).nullable().optional(),
  note: words(4000).nullable().optional(),
  responsibleId: id.nullable().describe('the employee who answers for the client; GET /employees').optional(),
};
const NewPerson = z.strictObject({
  name: line(200),
  post: line(200).nullable().optional(),
  points: z.array(NewPoint).max(50).default([]),
});
export const NewClient = z.strictObject({
  ...clientFields,
  key: key.optional(),
  points: z.array(NewPoint).max(100).default([]),
  people: z.array(NewPerson).max(100).default([]),
});
export type NewClient = z.output<typeof NewClient>;
/** What stands at a key: the same without the key. Addresses and people are added where missing, none is taken away. */
export const KeyedClient = NewClient.omit({ key: true });
export const ClientEdit = z.strictObject({ ...clientFields, name: line(200).optional() });

export const Client = z
  .object({
    id,
    key: z.string().nullable().describe('by which your program knows it'),
    name: z.string(),
    kind: z.enum(['organisation', 'private']),
    class: z.string().nullable(),
    note: z.string().nullable(),
    responsibleId: id.nullable(),
    state: z.enum(['active', 'merged', 'removed']),
    mergedInto: id.nullable(),
    points: z.array(Point).describe('its own addresses that count now or will; those of its people stand with them'),
    updatedAt: moment.describe('of its own fields; addresses and people have their own'),
  })
  .meta({ id: 'Client' });

export const PersonAtClient = z.strictObject({
  clientId: id,
  name: line(200),
  post: line(200).nullable().optional(),
  since: day.nullable().describe('the day he joined').optional(),
  until: day.nullable().describe('the first day he was no longer there').optional(),
  points: z.array(NewPoint).max(50).default([]),
});
export const PersonEdit = z.strictObject({
  name: line(200).optional(),
  post: line(200).nullable().optional(),
  since: day.nullable().optional(),
  until: day.nullable().optional(),
});
export const Person = z
  .object({
    id,
    clientId: id,
    name: z.string(),
    post: z.string().nullable(),
    since: day.nullable(),
    until: day.nullable(),
    state: z.enum(['active', 'removed']),
    points: z.array(Point),
    updatedAt: moment,
  })
  .meta({ id: 'Person' });

export const PointOfSomebody = z
  .strictObject({ ...NewPoint.shape, clientId: id.optional(), personId: id.optional() })
  .describe('of a client or of a person: one of `clientId` and `personId`');
export const PointEdit = z.strictObject({
  since: moment.nullable().describe('null: since ever').optional(),
  until: moment.nullable().describe('null: for ever').optional(),
  ...flags,
});

const outcomes = outcomesByHand.filter((outcome) => outcome !== 'private' && outcome !== 'spam');
export const channels = ['call', 'email', 'fax', 'web', 'meeting', 'letter', 'message'] as const;
export const told = ['meeting', 'letter', 'message'] as const;
export const states = ['draft', 'completed', 'bare', 'planned', 'automatic'] as const;
const NextStep = z.strictObject({ kind: z.enum(['call', 'meeting']), on: day.nullable() });

const human = {
  gist: words(4000).min(1).nullable().describe('one or two sentences for people').optional(),
  outcome: z.enum(outcomes).nullable().describe('why there is nothing to write').optional(),
  occasion: line(100).nullable().describe('one of GET /occasions').optional(),
  nextStep: NextStep.nullable().optional(),
  clientId: id.nullable().describe('null: none of ours; chosen so it is final').optional(),
  personId: id.nullable().optional(),
  authorId: id.nullable().describe('the employee who wrote it; GET /employees').optional(),
};
export const ContactEdit = z.strictObject({
  version: z.int().min(1).describe('of the contact you read; instead of If-Match').optional(),
  ...human,
});
export type ContactEdit = z.output<typeof ContactEdit>;
export const NewContact = z.strictObject({
  key: key.describe('by which the program knows it: sent twice, it is one contact').optional(),
  channel: z.enum(told),
  direction: z.enum(['inbound', 'outbound']),
  startedAt: moment,
  endedAt: moment.optional(),
  address: line(320).describe('a phone number or e-mail of the client: tells whose it was').optional(),
  outsideName: line(200).optional(),
  employeeId: id.describe('who of us took part; GET /employees').optional(),
  ...human,
});
export type NewContact = z.output<typeof NewContact>;

export const Contact = z
  .object({
    id,
    version: z.int().describe('grows with every save of a person or program; the ETag'),
    channel: z.enum(channels),
    direction: z.enum(['inbound', 'outbound']),
    startedAt: moment,
    endedAt: moment,
    callOutcome: z.string().nullable().describe('of calls: answered, missed, no-answer, busy, voicemail …'),
    talkSeconds: z.number().nullable(),
    ringSeconds: z.number().nullable(),
    address: z.string().nullable().describe('of the other side: E.164 or e-mail; null where it asked not to be shown'),
    addressKind: z.string().nullable(),
    outsideName: z.string().nullable(),
    state: z.enum(states),
    ownerId: id,
    clientId: id.nullable(),
    personId: id.nullable(),
    verdict: z.enum(['client', 'ambiguous', 'stranger']).nullable().describe('whose it was, by the addresses'),
    gist: z.string().nullable(),
    outcome: z.enum(outcomes).nullable(),
    occasion: z.string().nullable(),
    nextStep: z.object({ kind: z.enum(['call', 'meeting']), on: day.nullable() }).nullable(),
    dueAt: moment.nullable(),
    callBack: z.boolean(),
    completedAt: moment.nullable(),
    completedBy: id.nullable(),
    subject: z.string().nullable().describe('only with the scope texts:read').optional(),
    text: z.string().nullable().describe('what the client wrote; only with the scope texts:read').optional(),
    updatedAt: moment,
  })
  .meta({ id: 'Contact' });

export const Employee = z
  .object({
    id,
    name: z.string(),
    email: z.string().nullable(),
    role: z.enum(['employee', 'supervisor', 'it']),
    active: z.boolean(),
  })
  .meta({ id: 'Employee' });
