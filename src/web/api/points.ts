import { z } from 'zod';
import { editPoints } from '../../directory/edit.ts';
import { type ApiPoint, apiPerson, apiPoint, apiPoints } from '../../store/api/directory.ts';
import { lockValues } from '../../store/directory/fields.ts';
import { addressQuery, readAddressQuery } from './address.ts';
import { addPoints, definedOf, instantOf, mustMatch, oneThing, setOf } from './directory.ts';
import { type Answer, type Call, type Operation, operation } from './operation.ts';
import { onePage, pageQuery, pageSchema, updatedSince } from './page.ts';
import { mustBeClient } from './people.ts';
import { notFound, Problem, wrongField } from './problem.ts';
import { id, Point, PointEdit, PointOfSomebody } from './schemas.ts';

const ListQuery = z.strictObject({
  ...pageQuery,
  client: id.describe('its own and its people’s').optional(),
  person: id.optional(),
  address: addressQuery.optional(),
  updatedSince: updatedSince.optional(),
});

export const pointOperations: readonly Operation[] = [
  operation({
    id: 'listPoints',
    method: 'GET',
    path: '/points',
    scope: 'clients:read',
    summary: 'Addresses of clients and their people, those of the past too, in the order they changed',
    query: ListQuery,
    body: 'none',
    answer: { status: 200, schema: pageSchema(Point) },
    async run({ db, query, office }) {
      const { client, person, address, updatedSince: since } = query;
      const filter = {
        clientId: client ?? null,
        personId: person ?? null,
        address: readAddressQuery(address, office.region),
        updatedSince: since ?? null,
      };
      return { status: 200, body: await onePage(db, query, (wish) => apiPoints(db, { ...filter, ...wish })) };
    },
  }),
  operation({
    id: 'createPoint',
    method: 'POST',
    path: '/points',
    scope: 'clients:write',
    summary: 'Adds an address; contacts of the past are looked at again',
    query: 'none',
    body: PointOfSomebody,
    answer: { status: 201, schema: Point },
    run: create,
  }),
  operation({
    id: 'getPoint',
    method: 'GET',
    path: '/points/:id',
    scope: 'clients:read',
    summary: 'One address',
    query: 'none',
    body: 'none',
    answer: { status: 200, schema: Point },
    run: (call) => shown(call, 200, call.params['id'] ?? ''),
  }),
  operation({
    id: 'changePoint',
    method: 'PATCH',
    path: '/points/:id',
    scope: 'clients:write',
    summary: 'Changes its time or its marks; a number that moved gets an end',
    query: 'none',
    body: PointEdit,
    answer: { status: 200, schema: Point },
    async run(call) {
      const point = await found(call);
      const { since, until, ...flags } = call.body;
      const begins = since === undefined ? point.since : since;
      const ends = until === undefined ? point.until : until;
      if (begins !== null && ends !== null && Date.parse(ends) <= Date.parse(begins))
        throw wrongField('/until', 'it is not after `since`; an address that never was his is deleted');
      await write(call, point, {
        ...definedOf(flags),
        ...(since === undefined ? {} : { since: instantOf(since, '-infinity') }),
        ...(until === undefined ? {} : { until: instantOf(until, 'infinity') }),
      });
      return shown(call, 200, point.id);
    },
  }),
  operation({
    id: 'takePointBack',
    method: 'DELETE',
    path: '/points/:id',
    scope: 'clients:write',
    summary:
      'It never was his: contacts it tied to him are looked at again. One that moved gets an end by PATCH instead',
    query: 'none',
    body: 'none',
    answer: { status: 204 },
    async run(call) {
      const point = await found(call);
      await write(call, point, { until: point.since ?? '-infinity' });
      return { status: 204 };
    },
  }),
];

async function create(call: Call<unknown, z.output<typeof PointOfSomebody>>): Promise<Answer> {
  const { clientId, personId, ...point } = call.body;
  if ((clientId === undefined) === (personId === undefined))
    throw wrongField('/clientId', 'expected one of clientId and personId');
  const owner = personId === undefined ? { clientId: clientId ?? '' } : await ownerOf(call, personId);
  if (clientId !== undefined) await mustBeClient(call, clientId, '/clientId');
  const [made] = await addPoints(call, await setOf(call), owner, [point], () => '/address');
  if (made !== undefined) return shown(call, 201, made);
  const of = { clientId: clientId ?? null, personId: personId ?? null, updatedSince: null, after: null, limit: 1 };
  const address = readAddressQuery(point.address, call.office.region);
  const [same] = await apiPoints(call.db, { ...of, address });
  throw new Problem('exists', 'it is his already', same === undefined ? {} : { more: { id: same.id } });
}

async function ownerOf(call: Call, personId: string) {
  const person = await apiPerson(call.db, personId);
  if (person?.state !== 'active') throw wrongField('/personId', 'there is no person with this id');
  return { personId, clientId: person.clientId };
}

type Found = ApiPoint & { readonly timelineOf: string };

async function found(call: Call): Promise<Found> {
  const pointId = call.params['id'] ?? '';
  await lockValues(call.db, 'contact_point', [pointId]); // else two who read the same version both find it standing
  const point = await apiPoint(call.db, pointId);
  if (point === null) throw notFound('address');
  mustMatch(call.ifMatch, point.updatedAt);
  if (point.isBack) throw new Problem('conflict', 'the address was taken back; add it again by POST /points');
  return point;
}

type Values = Parameters<typeof editPoints>[2][number]['values'];

async function write(call: Call, point: Found, values: Values): Promise<void> {
  await editPoints(call.db, await setOf(call), [{ id: point.id, values }], () => point.timelineOf);
}

async function shown({ db }: Call, status: 200 | 201, pointId: string): Promise<Answer> {
  const found = await apiPoint(db, pointId);
  if (found === null) throw notFound('address');
  const { timelineOf: _timeline, isBack: _back, ...point } = found;
  return oneThing(status, point, point.updatedAt, status === 201 ? `points/${point.id}` : undefined);
}
