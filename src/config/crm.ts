import { z } from 'zod';
import { eventTypes } from '../core/events.ts';
import { parseUrl, Refused, text } from './fields.ts';

/** A key as Standard Webhooks writes it: 24 to 64 bytes. */
function parseWebhookSecret(written: string): string | Refused {
  const key = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(written)?.[1];
  const bytes = key === undefined ? 0 : Buffer.from(key, 'base64').length;
  return bytes >= 24 && bytes <= 64
    ? written
    : new Refused('whsec_ and 24 to 64 random bytes in base64: `echo whsec_$(openssl rand -base64 32)`');
}

const Webhook = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected small letters, digits and hyphens')
    .describe('how the target is called on pages and by `letopis webhooks`'),
  url: text(
    'where events are posted; the office’s own network is allowed, redirects are not followed',
    parseUrl('an address such as https://crm.example/hooks/letopis', 'https:', 'http:'),
  ),
  secret: text('the key of the signatures', parseWebhookSecret),
  previousSecret: text(
    'the key before it, while the receiver is changed over: both signatures are sent',
    parseWebhookSecret,
  ).optional(),
  events: z
    .array(z.enum(eventTypes))
    .min(1)
    .describe('what it is told')
    .default(['contact.completed', 'contact.changed', 'contact.dismissed', 'stranger.appeared']),
  timeoutSeconds: z.int().min(1).max(60).describe('how long an answer may take').default(15),
});

export const Crm = z.strictObject({
  perMinute: z
    .int()
    .min(1)
    .max(100_000)
    .describe('how many requests a token may make in a minute; tokens are made with `letopis token add`')
    .default(600),
  webhooks: z
    .array(Webhook)
    .superRefine((targets, context) =>
      targets.forEach(({ name }, index) => {
        if (targets.findIndex((other) => other.name === name) < index)
          context.addIssue({ code: 'custom', path: [index, 'name'], message: 'each name once', input: name });
      }),
    )
    .describe(
      'whom to tell what happened: { name: crm, url: https://crm.example/hooks/letopis, secret: "${env:CRM_WEBHOOK_SECRET}" }, ' +
        'more in docs/webhooks-out.md',
    )
    .default([]),
});
