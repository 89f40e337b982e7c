import { z } from 'zod';
import type { Human } from '../../core/contact/human.ts';
import { completeContact, type Saved } from '../../history/run.ts';
import { apiContact, apiContacts, joinedInto, occasionNamed } from '../../store/api/contacts.ts';
import { apiPerson } from '../../store/api/directory.ts';
import { lockHuman } from '../../store/contacts/human-edits.ts';
import { addressQuery, readAddressQuery } from './address.ts';
import { mustBeEmployee, oneThing } from './directory.ts';
import { takeContactIn } from './new-contact.ts';
import { type Answer, type Call, type Operation, operation } from './operation.ts';
import { onePage, pageQuery, pageSchema, updatedSince } from './page.ts';
import { mustBeClient } from './people.ts';
import { notFound, Problem, wrongField } from './problem.ts';
import { Contact, ContactEdit, channels, id, NewContact, states } from './schemas.ts';

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const filters = {
  ...pageQuery,
  updatedSince: updatedSince.optional(),
  client: id.optional(),
  owner: id.describe('the employee who answers for it').optional(),
  address: addressQuery.optional(),
  channel: z.enum(channels).optional(),
  startedSince: moment.optional(),
  startedUntil: moment.optional(),
};
const ListQuery = z.strictObject({ ...filters, state: z.enum(states).optional() });
const DraftsQuery = z.strictObject(filters);

export const contactOperations: readonly Operation[] = [
  operation({
    id: 'listContacts',
    method: 'GET',
    path: '/contacts',
    scope: 'contacts:read',
    summary: 'Contacts, in the order they changed; what was dismissed, and private talk, is never among them',
    query: ListQuery,
    body: 'none',
    answer: { status: 200, schema: pageSchema(Contact) },
    run: (call) => list(call, call.query.state === undefined ? null : [call.query.state]),
  }),
  operation({
    id: 'listDrafts',
    method: 'GET',
    path: '/drafts',
    scope: 'contacts:read',
    summary: 'Contacts that wait for their gist; completed by PATCH /contacts/{id}',
    query: DraftsQuery,
    body: 'none',
    answer: { status: 200, schema: pageSchema(Contact) },
    run: (call) => list(call, ['draft']),
  }),
  operation({
    id: 'getContact',
    method: 'GET',
    path: '/contacts/:id',
    scope: 'contacts:read',
    summary: 'One contact',
    query: 'none',
    body: 'none',
    answer: { status: 200, schema: Contact },
    run: (call) => shown(call, 200, call.params['id'] ?? ''),
  }),
  operation({
    id: 'changeContact',
    method: 'PATCH',
    path: '/contacts/:id',
    scope: 'contacts:write',
    summary:
      'Writes what people write: gist, outcome, occasion, next step, client. A gist or an outcome completes a draft',
    query: 'none',
    body: ContactEdit,
    answer: { status: 200, schema: Contact },
    async run(call) {
      const contactId = call.params['id'] ?? '';
      if ((await apiContact(call.db, contactId, false)) === null) throw await gone(call, contactId);
      const version = versionOf(call);
      const now = await lockHuman(call.db, contactId);
      if (now === null) throw await gone(call, contactId);
      await write(call, now, version);
      return shown(call, 200, contactId);
    },
  }),
  operation({
    id: 'createContact',
    method: 'POST',
    path: '/contacts',
    scope: 'contacts:write',
    summary: 'A meeting, a letter, a message; with a gist it is completed, without one its owner is asked',
    query: 'none',
    body: NewContact,
    answer: { status: 201, schema: Contact },
    async run(call) {
      const { body } = call;
      await mustBeEmployee(call.db, body.employeeId, '/employeeId');
      const says = body.gist != null || body.outcome != null;
      if (!says && (body.clientId !== undefined || body.occasion != null || body.nextStep != null))
        throw wrongField(
          '/gist',
          'expected a gist or an outcome with a client, occasion or next step; to have the owner asked, send the address',
        );
      const contactId = await takeContactIn(call, !says);
      if (says) {
        const now = await lockHuman(call.db, contactId);
        if (now === null) throw notFound('contact');
        await write(call, now, now.version);
      }
      return shown(call, 201, contactId);
    },
  }),
];

async function list(
  { db, query, office, may }: Call<z.output<typeof DraftsQuery>>,
  which: readonly (typeof states)[number][] | null,
): Promise<Answer> {
  const filter = {
    withTexts: may('texts:read'),
    states: which,
    channel: query.channel ?? null,
    clientId: query.client ?? null,
    ownerId: query.owner ?? null,
    address: readAddressQuery(query.address, office.region),
    updatedSince: query.updatedSince ?? null,
    startedSince: query.startedSince ?? null,
    startedUntil: query.startedUntil ?? null,
  };
  return { status: 200, body: await onePage(db, query, (wish) => apiContacts(db, { ...filter, ...wish })) };
}

/** Which version the caller looked at. @throws Problem version-missing */
function versionOf({ ifMatch, body }: Call<unknown, ContactEdit>): number {
  const version = body.version ?? (ifMatch !== null && /^\d{1,9}$/.test(ifMatch) ? Number(ifMatch) : null);
  if (version !== null) return version;
  throw new Problem(
    'version-missing',
    'send If-Match with the ETag of the contact, or `version` in the body: nothing is written over unseen',
  );
}

async function write(call: Call<unknown, Omit<ContactEdit, 'version'>>, now: Human, version: number): Promise<void> {
  const { db, body, clock, token } = call;
  await mustBeEmployee(db, body.authorId, '/authorId');
  const saved = await completeContact(
    { db, clock },
    { employeeId: body.authorId ?? null, via: 'api', label: token.name },
    now.id,
    {
      gist: body.gist === undefined ? now.gist : body.gist,
      outcome: body.outcome === undefined ? now.outcome : body.outcome,
      occasion: body.occasion === undefined ? now.occasion : await occasionOf(call, body.occasion),
      nextStep: body.nextStep === undefined ? now.nextStep : body.nextStep,
      client: await clientOf(call),
      version,
    },
  );
  mustBeSaved(saved, now.version);
}

async function occasionOf({ db }: Call, name: string | null): Promise<string | null> {
  if (name === null) return null;
  const occasion = await occasionNamed(db, name);
  if (occasion === null)
    throw wrongField('/occasion', `there is no occasion ${JSON.stringify(name)}, see GET /occasions`);
  return occasion;
}

async function clientOf(call: Call<unknown, Omit<ContactEdit, 'version'>>) {
  const { clientId, personId } = call.body;
  if (clientId === undefined) {
    if (personId != null) throw wrongField('/personId', 'expected clientId beside it');
    return 'keep' as const;
  }
  if (clientId !== null) await mustBeClient(call, clientId, '/clientId');
  if (personId != null) await mustBePersonOf(call.db, clientId, personId);
  return { id: clientId, personId: personId ?? null };
}

/** @throws Problem invalid unless he is there and the client's: a history must not name somebody else's people */
async function mustBePersonOf(db: Call['db'], clientId: string | null, personId: string): Promise<void> {
  const person = await apiPerson(db, personId);
  if (person?.state !== 'active' || person.clientId !== clientId)
    throw wrongField('/personId', 'the client has no person with this id, see GET /people?client=');
}

function mustBeSaved(saved: Saved, version: number): void {
  switch (saved.kind) {
    case 'saved':
    case 'same':
      return;
    case 'conflict':
      throw new Problem('stale', 'read it again, put your change on what stands there now, and send it once more', {
        headers: { etag: `"${version}"` },
        more: { version },
      });
    case 'empty':
      throw wrongField('/gist', 'expected a gist or an outcome: nothing is completed without');
    case 'forbidden':
    case 'gone':
      throw notFound('contact');
  }
}

async function shown(call: Call, status: 200 | 201, contactId: string): Promise<Answer> {
  const contact = await apiContact(call.db, contactId, call.may('texts:read'));
  if (contact === null) throw await gone(call, contactId);
  return oneThing(status, contact, String(contact.version), status === 201 ? `contacts/${contact.id}` : undefined);
}

/** It is not there, may not leave, or is part of another. */
async function gone({ db }: Call, contactId: string): Promise<Problem> {
  const into = await joinedInto(db, contactId);
  if (into === null) return notFound('contact');
  return new Problem('joined', 'two sources had told of the same contact: read the other one', { more: { id: into } });
}
