import { z } from 'zod';
import { eventTypes } from '../../core/events.ts';
import { apiEmployees } from '../../store/api/directory.ts';
import { occasions } from '../../store/contacts/contacts.ts';
import { enableTarget, targetsHealth } from '../../store/events/targets.ts';
import { eventsAfter, replay } from '../../store/events/webhooks.ts';
import { type Operation, operation } from './operation.ts';
import { pageQuery, pageSchema } from './page.ts';
import { Problem } from './problem.ts';
import { Employee, id } from './schemas.ts';

const EventsQuery = z.strictObject({
  ...pageQuery,
  type: z.enum(eventTypes).optional(),
});
const Event = z
  .object({
    id: id.describe('the webhook-id'),
    type: z.enum(eventTypes),
    timestamp: z.iso.datetime(),
    data: z.record(z.string(), z.unknown()).describe('as in the webhook: ids and names of fields'),
  })
  .meta({ id: 'Event' });
const Target = z
  .object({
    name: z.string(),
    state: z.enum(['active', 'gone', 'removed']),
    events: z.array(z.string()),
    lastSuccessAt: z.iso.datetime().nullable(),
    failingSince: z.iso.datetime().nullable(),
    lastError: z.string().nullable(),
    holdUntil: z.iso.datetime().nullable(),
    waiting: z.int(),
    waitingSince: z.iso.datetime().nullable(),
    givenUp: z.int(),
  })
  .meta({ id: 'WebhookTarget' });
const Replay = z
  .strictObject({
    since: z.iso.datetime({ offset: true }).optional(),
    eventId: id.optional(),
    givenUp: z.literal(true).optional(),
  })
  .describe('one of them');

export const officeOperations: readonly Operation[] = [
  operation({
    id: 'listEmployees',
    method: 'GET',
    path: '/employees',
    scope: 'employees:read',
    summary: 'Colleagues, to know whose an id is; all of them',
    query: 'none',
    body: 'none',
    answer: { status: 200, schema: z.object({ items: z.array(Employee) }) },
    run: async ({ db }) => ({ status: 200, body: { items: await apiEmployees(db) } }),
  }),
  operation({
    id: 'listOccasions',
    method: 'GET',
    path: '/occasions',
    scope: 'contacts:read',
    summary: 'Why people get in touch, in the office’s order',
    query: 'none',
    body: 'none',
    answer: { status: 200, schema: z.object({ items: z.array(z.object({ id, name: z.string() })) }) },
    run: async ({ db }) => ({ status: 200, body: { items: await occasions(db) } }),
  }),
  operation({
    id: 'listEvents',
    method: 'GET',
    path: '/events',
    scope: 'events:read',
    summary: 'What happened, in its order; for programs that ask instead of being told. Kept for 30 days',
    query: EventsQuery,
    body: 'none',
    answer: { status: 200, schema: pageSchema(Event) },
    async run({ db, query }) {
      const after = placeOf(query.cursor);
      const rows = await eventsAfter(db, after, query.type === undefined ? null : [query.type], query.limit + 1);
      const items = rows.slice(0, query.limit);
      return {
        status: 200,
        body: {
          items: items.map(({ id: eventId, type, at, data }) => ({ id: eventId, type, timestamp: at, data })),
          next: Buffer.from(`e${items.at(-1)?.position ?? after}`).toString('base64url'),
          more: rows.length > query.limit,
        },
      };
    },
  }),
  operation({
    id: 'listWebhooks',
    method: 'GET',
    path: '/webhooks',
    scope: 'webhooks:manage',
    summary: 'Who is told what happens, and how that goes',
    query: 'none',
    body: 'none',
    answer: { status: 200, schema: z.object({ items: z.array(Target) }) },
    run: async ({ db }) => ({ status: 200, body: { items: await targetsHealth(db) } }),
  }),
  operation({
    id: 'replayWebhooks',
    method: 'POST',
    path: '/webhooks/:name/replay',
    scope: 'webhooks:manage',
    summary: 'Sends events once more, in order and with their ids',
    query: 'none',
    body: Replay,
    answer: { status: 200, schema: z.object({ replayed: z.int() }) },
    async run({ db, clock, body, params }) {
      const name = await targetNamed(db, params['name'] ?? '');
      const { since, eventId, givenUp } = body;
      if ([since, eventId, givenUp].filter((one) => one !== undefined).length !== 1)
        throw new Problem('invalid', 'expected one of since, eventId and givenUp');
      const which =
        since !== undefined
          ? { since: new Date(since) }
          : eventId !== undefined
            ? { eventId }
            : { givenUp: true as const };
      return { status: 200, body: { replayed: await replay(db, name, which, clock.now()) } };
    },
  }),
  operation({
    id: 'enableWebhook',
    method: 'POST',
    path: '/webhooks/:name/enable',
    scope: 'webhooks:manage',
    summary: 'After a 410, or when it is known to be back: what waits is sent at once',
    query: 'none',
    body: 'none',
    answer: { status: 204 },
    async run({ db, clock, params }) {
      await enableTarget(db, await targetNamed(db, params['name'] ?? ''), clock.now());
      return { status: 204 };
    },
  }),
];

async function targetNamed(db: Parameters<typeof targetsHealth>[0], name: string): Promise<string> {
  if ((await targetsHealth(db)).some((target) => target.name === name)) return name;
  throw new Problem('not-found', 'there is no target of this name, see GET /webhooks');
}

/** @throws Problem invalid */
function placeOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const place = /^e(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (place !== undefined) return Number(place);
  const detail = 'this is no cursor of ours: pass `next` of a page as it came, or begin without one';
  throw new Problem('invalid', detail, { errors: [{ parameter: 'cursor', detail }] });
}
