/** What a token of another program may do. */
export const scopes = [
  'clients:read',
  'clients:write',
  'contacts:read',
  'contacts:write',
  'texts:read',
  'employees:read',
  'events:read',
  'webhooks:manage',
] as const;
export type Scope = (typeof scopes)[number];
