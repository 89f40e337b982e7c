/** What other programs can be told of. docs/webhooks-out.md says when each is. */
export const eventTypes = [
  'contact.completed',
  'contact.changed',
  'contact.dismissed',
  'stranger.appeared',
  'client.created',
  'client.changed',
  'client.merged',
] as const;
export type EventType = (typeof eventTypes)[number];
