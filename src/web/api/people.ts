import { z } from 'zod';
import { createPerson, editPeople } from '../../directory/edit.ts';
import { apiClient, apiPeople, apiPerson } from '../../store/api/directory.ts';
import { peopleOf } from '../../store/directory/employees-and-clients.ts';
import { lockValues } from '../../store/directory/fields.ts';
import { addressQuery, readAddressQuery } from './address.ts';
import { addPoints, definedOf, mustMatch, oneThing, setOf } from './directory.ts';
import { type Answer, type Call, type Operation, operation } from './operation.ts';
import { onePage, pageQuery, pageSchema, updatedSince } from './page.ts';
import { notFound, Problem, wrongField } from './problem.ts';
import { id, Person, PersonAtClient, PersonEdit } from './schemas.ts';

const ListQuery = z.strictObject({
  ...pageQuery,
  client: id.optional(),
  state: z.enum(['active', 'removed', 'all']).default('active'),
  updatedSince: updatedSince.optional(),
  address: addressQuery.optional(),
});

export const peopleOperations: readonly Operation[] = [
  operation({
    id: 'listPeople',
    method: 'GET',
    path: '/people',
    scope: 'clients:read',
    summary: 'People at clients, in the order they changed',
    query: ListQuery,
    body: 'none',
    answer: { status: 200, schema: pageSchema(Person) },
    async run({ db, query, office }) {
      const { client, state, updatedSince: since, address } = query;
      const filter = {
        clientId: client ?? null,
        state,
        updatedSince: since ?? null,
        address: readAddressQuery(address, office.region),
      };
      return { status: 200, body: await onePage(db, query, (wish) => apiPeople(db, { ...filter, ...wish })) };
    },
  }),
  operation({
    id: 'createPerson',
    method: 'POST',
    path: '/people',
    scope: 'clients:write',
    summary: 'Makes a person at a client',
    query: 'none',
    body: PersonAtClient,
    answer: { status: 201, schema: Person },
    async run(call) {
      const { db, body } = call;
      await mustBeClient(call, body.clientId, '/clientId');
      const same = (await peopleOf(db, [body.clientId])).find(({ name }) => name === body.name);
      if (same !== undefined)
        throw new Problem('exists', 'the client has a person of this name: change that one', { more: { id: same.id } });
      const set = await setOf(call);
      const personId = await createPerson(db, set, { clientId: body.clientId, name: body.name });
      const { post, since, until } = body;
      mustBePeriod(since ?? null, until ?? null);
      await editPeople(db, set, [{ id: personId, values: definedOf({ post, since, until }) }]);
      const owner = { personId, clientId: body.clientId };
      await addPoints(call, set, owner, body.points, (index) => `/points/${index}/address`);
      return shown(call, 201, personId);
    },
  }),
  operation({
    id: 'getPerson',
    method: 'GET',
    path: '/people/:id',
    scope: 'clients:read',
    summary: 'One person',
    query: 'none',
    body: 'none',
    answer: { status: 200, schema: Person },
    run: (call) => shown(call, 200, call.params['id'] ?? ''),
  }),
  operation({
    id: 'changePerson',
    method: 'PATCH',
    path: '/people/:id',
    scope: 'clients:write',
    summary: 'Changes the fields that are sent; a post, the day he left',
    query: 'none',
    body: PersonEdit,
    answer: { status: 200, schema: Person },
    async run(call) {
      const { db, body } = call;
      const personId = call.params['id'] ?? '';
      // Two who read the same version: the second waits here, and reads what the first made of it.
      await lockValues(db, 'person', [personId]);
      const person = await apiPerson(db, personId);
      if (person === null) throw notFound('person');
      mustMatch(call.ifMatch, person.updatedAt);
      if (person.state !== 'active') throw new Problem('conflict', 'the person was taken back');
      mustBePeriod(
        body.since === undefined ? person.since : body.since,
        body.until === undefined ? person.until : body.until,
      );
      if (body.name !== undefined && body.name !== person.name) {
        const same = (await peopleOf(db, [person.clientId])).find(({ name }) => name === body.name);
        if (same !== undefined) throw wrongField('/name', `the client has another person of this name: ${same.id}`);
      }
      await editPeople(db, await setOf(call), [{ id: person.id, values: definedOf(body) }]);
      return shown(call, 200, person.id);
    },
  }),
];

/** @throws Problem invalid unless it is there and active */
export async function mustBeClient({ db, token }: Call, clientId: string, pointer: string): Promise<void> {
  const client = await apiClient(db, token.source, clientId);
  if (client?.state === 'active') return;
  const into = client?.mergedInto ?? null;
  const why = client === null ? 'there is no client with this id' : `the client is ${client.state}`;
  throw wrongField(pointer, into === null ? why : `${why} into ${into}`);
}

function mustBePeriod(since: string | null, until: string | null): void {
  if (since !== null && until !== null && until < since) throw wrongField('/until', 'it is before `since`');
}

async function shown({ db }: Call, status: 200 | 201, personId: string): Promise<Answer> {
  const person = await apiPerson(db, personId);
  if (person === null) throw notFound('person');
  return oneThing(status, person, person.updatedAt, status === 201 ? `people/${person.id}` : undefined);
}
