import { z } from 'zod';
import { createClient, createPerson, editClients, editPeople } from '../../directory/edit.ts';
import { fold } from '../../directory/files/csv.ts';
import { type ApiClient, apiClient, apiClients, clientByKey, giveKey } from '../../store/api/directory.ts';
import { type ClientValues, lockValues } from '../../store/directory/fields.ts';
import { clientOfName } from '../../store/directory/new-client.ts';
import type { ChangeSet } from '../../store/history/change-log.ts';
import { addressQuery, readAddressQuery } from './address.ts';
import { addPoints, definedOf, mustBeEmployee, mustMatch, oneThing, setOf } from './directory.ts';
import { type Answer, type Call, type Operation, operation } from './operation.ts';
import { onePage, pageQuery, pageSchema, updatedSince } from './page.ts';
import { notFound, Problem, wrongField } from './problem.ts';
import { Client, ClientEdit, KeyedClient, line, NewClient } from './schemas.ts';

const ListQuery = z.strictObject({
  ...pageQuery,
  updatedSince: updatedSince.optional(),
  state: z.enum(['active', 'merged', 'removed', 'all']).default('active'),
  address: addressQuery.optional(),
  name: line(200).describe('part of the name').optional(),
});

export const clientOperations: readonly Operation[] = [
  operation({
    id: 'listClients',
    method: 'GET',
    path: '/clients',
    scope: 'clients:read',
    summary: 'Clients, in the order they changed',
    query: ListQuery,
    body: 'none',
    answer: { status: 200, schema: pageSchema(Client) },
    async run({ db, query, token, office }) {
      const { updatedSince: since, state, address, name } = query;
      const filter = {
        source: token.source,
        state,
        updatedSince: since ?? null,
        address: readAddressQuery(address, office.region),
        name: name ?? null,
      };
      return { status: 200, body: await onePage(db, query, (wish) => apiClients(db, { ...filter, ...wish })) };
    },
  }),
  operation({
    id: 'createClient',
    method: 'POST',
    path: '/clients',
    scope: 'clients:write',
    summary: 'Makes a client with its addresses and people',
    query: 'none',
    body: NewClient,
    answer: { status: 201, schema: Client },
    async run(call) {
      const { db, body, token } = call;
      const known = body.key === undefined ? null : await clientByKey(db, token.source, body.key);
      if (known !== null) throw exists('a client with this key', known.id, 'change it by PUT /clients/by-key/{key}');
      const set = await setOf(call);
      const clientId = await make(call, set);
      if (clientId === null) {
        const same = await clientOfName(db, body.name);
        throw exists(
          'a client of this name',
          same,
          'give it your key by PUT /clients/by-key/{key}, or name it otherwise',
        );
      }
      if (body.key !== undefined) await giveKey(db, token.source, body.key, clientId);
      await addPeople(call, set, clientId);
      return shown(call, 201, clientId);
    },
  }),
  operation({
    id: 'getClient',
    method: 'GET',
    path: '/clients/:id',
    scope: 'clients:read',
    summary: 'One client, whatever its state',
    query: 'none',
    body: 'none',
    answer: { status: 200, schema: Client },
    run: (call) => shown(call, 200, call.params['id'] ?? ''),
  }),
  operation({
    id: 'changeClient',
    method: 'PATCH',
    path: '/clients/:id',
    scope: 'clients:write',
    summary: 'Changes the fields that are sent, leaves the others',
    query: 'none',
    body: ClientEdit,
    answer: { status: 200, schema: Client },
    async run(call) {
      const client = await lockClient(call, call.params['id'] ?? '');
      if (client === null) throw notFound('client');
      await change(call, client);
      return shown(call, 200, client.id);
    },
  }),
  operation({
    id: 'getClientByKey',
    method: 'GET',
    path: '/clients/by-key/:key',
    scope: 'clients:read',
    summary: 'The client your program knows by this key; of a merged one the one that stands',
    query: 'none',
    body: 'none',
    answer: { status: 200, schema: Client },
    async run(call) {
      const known = await clientByKey(call.db, call.token.source, call.params['key'] ?? '');
      if (known === null) throw notFoundKey();
      return shown(call, 200, known.id);
    },
  }),
  operation({
    id: 'putClientByKey',
    method: 'PUT',
    path: '/clients/by-key/:key',
    scope: 'clients:write',
    summary:
      'Makes the client, or changes the fields that are sent; a client of the same name that has no key of yours gets this one. ' +
      'Addresses and people are added where missing; none is taken away. Of a client that was merged into another the fields are ' +
      'passed over: they are not that one’s',
    query: 'none',
    body: KeyedClient,
    answer: { status: 200, schema: Client },
    run: putByKey,
  }),
];

type Put = Call<unknown, z.output<typeof KeyedClient>>;

async function putByKey(call: Put): Promise<Answer> {
  const { db, body, token } = call;
  const key = call.params['key'] ?? '';
  if (key.trim() === '' || key.length > 200)
    throw new Problem('invalid', 'the key in the address has 1 to 200 characters', {
      errors: [{ parameter: 'key', detail: '1 to 200 characters' }],
    });
  const known = await clientByKey(db, token.source, key);
  if (known === null) {
    mustMatch(call.ifMatch, '');
    const set = await setOf(call);
    const made = await make(call, set);
    const clientId = made ?? (await clientOfName(db, body.name));
    if (clientId === null || !(await giveKey(db, token.source, key, clientId)))
      throw exists('a client of this name', clientId, 'your program knows it by another key: make the names differ');
    const client = made === null ? await apiClient(db, token.source, clientId) : null;
    if (client !== null) await change({ ...call, ifMatch: null }, client);
    await addPeople(call, set, clientId);
    if (made === null) await addPoints(call, set, { clientId }, body.points, placeOfPoint);
    return shown(call, made === null ? 200 : 201, clientId);
  }
  const client = await lockClient(call, known.id);
  if (client === null) throw notFoundKey();
  const set = await setOf(call);
  // What the program says of its own client is not the name and class of the one that this became part of.
  if (known.isMerged) mustStand(call, client);
  else await change(call, client);
  await addPoints(call, set, { clientId: known.id }, body.points, placeOfPoint);
  await addPeople(call, set, known.id);
  return shown(call, 200, known.id);
}

/** A client with its own addresses; null: there is one of this name. */
async function make(call: Call<unknown, Omit<NewClient, 'key'>>, set: ChangeSet): Promise<string | null> {
  const { db, body } = call;
  const { points, people: _people, ...fields } = body;
  await mustBeEmployee(db, fields.responsibleId, '/responsibleId');
  const clientId = await createClient(db, set, { ...definedOf(fields), name: fields.name });
  if (clientId !== null) await addPoints(call, set, { clientId }, points, placeOfPoint);
  return clientId;
}

const placeOfPoint = (index: number) => `/points/${index}/address`;

async function addPeople(
  call: Call<unknown, Pick<NewClient, 'people'>>,
  set: ChangeSet,
  clientId: string,
): Promise<void> {
  for (const [index, { name, post, points }] of call.body.people.entries()) {
    const personId = await createPerson(call.db, set, { clientId, name });
    if (post !== undefined) await editPeople(call.db, set, [{ id: personId, values: { post } }]);
    const place = (n: number) => `/people/${index}/points/${n}/address`;
    await addPoints(call, set, { personId, clientId }, points, place);
  }
}

/** @throws Problem stale, conflict */
function mustStand(call: Pick<Call, 'ifMatch'>, client: ApiClient): void {
  mustMatch(call.ifMatch, client.updatedAt);
  if (client.state !== 'active')
    throw new Problem(
      'conflict',
      `the client is ${client.state}${client.mergedInto === null ? '' : ': change the one it went into'}`,
      {
        more: { id: client.mergedInto ?? client.id },
      },
    );
}

async function change(call: Call<unknown, z.output<typeof ClientEdit>>, client: ApiClient): Promise<void> {
  const { db, body } = call;
  mustStand(call, client);
  await mustBeEmployee(db, body.responsibleId, '/responsibleId');
  const { name, kind, class: group, note, responsibleId } = body;
  const values: Partial<ClientValues> = definedOf({ name, kind, class: group, note, responsibleId });
  if (name !== undefined && fold(name) !== fold(client.name)) {
    const same = await clientOfName(db, name);
    if (same !== null && same !== client.id) throw wrongField('/name', `another client has this name: ${same}`);
  }
  await editClients(db, await setOf(call), [{ id: client.id, values }]);
}

/** As it stands while nobody else can write: only then a version the caller read can be compared. */
async function lockClient({ db, token }: Call, id: string): Promise<ApiClient | null> {
  await lockValues(db, 'client', [id]);
  return apiClient(db, token.source, id);
}

async function shown({ db, token }: Call, status: 200 | 201, clientId: string): Promise<Answer> {
  const client = await apiClient(db, token.source, clientId);
  if (client === null) throw notFound('client');
  return oneThing(status, client, client.updatedAt, status === 201 ? `clients/${client.id}` : undefined);
}

function exists(what: string, existing: string | null, cure: string): Problem {
  return new Problem('exists', `there is ${what}: ${cure}`, existing === null ? {} : { more: { id: existing } });
}

function notFoundKey(): Problem {
  return new Problem('not-found', 'your program knows no client by this key');
}
