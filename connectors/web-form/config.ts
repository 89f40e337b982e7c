import { z } from 'zod';
import { Signature } from '../../src/connector/index.ts';

const path = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const field = (description: string, ...names: [string, ...string[]]) => path.describe(description).default(names);

const Fields = z.strictObject({
  id: path
    .describe('a number of the request, where the site gives it one: then a repetition is known by it')
    .optional(),
  name: field('the visitor’s name', 'name', 'your-name', 'fio'),
  phone: field('his telephone number', 'phone', 'tel', 'your-phone', 'telephone'),
  email: field('his e-mail address', 'email', 'mail', 'e-mail', 'your-email'),
  message: field('what he wrote', 'message', 'text', 'comment', 'your-message'),
  page: field('the page he sent it from', 'page', 'url', 'referer'),
  more: z
    .record(z.string(), path)
    .describe('further fields to show: a label and where it stands, such as { Город: city }')
    .default({}),
});

const site = z
  .string()
  .refine((text) => URL.parse(text)?.origin === text, 'the address of a site, such as https://romashka.example');

export const Config = z
  .strictObject({
    token: z
      .string()
      .min(1)
      .describe(
        'the form’s key: the form is posted to …/hook/NAME?token=KEY; it stands in the page, it only keeps robots away',
      )
      .meta({ examples: ['${env:WEB_FORM_TOKEN}'] })
      .optional(),
    secret: z
      .string()
      .min(1)
      .describe('where the site’s server posts and signs, instead of token; write ${env:NAME} or ${file:PATH}')
      .optional(),
    signature: Signature.describe('how the site’s server signs; hmac sha256 of the body in x-signature')
      .optional()
      .meta({ examples: [{ scheme: 'token' }] }),
    fields: Fields.describe('where each fact stands: a name, or several of which the first with a value counts')
      .prefault({})
      .meta({ examples: [{ name: 'fio', phone: ['phone', 'mobile'], message: 'question' }] }),
    trap: z
      .string()
      .min(1)
      .describe('a field hidden from people; what fills it in is a robot: answered like everybody, not stored')
      .default('website'),
    origins: z
      .array(site)
      .describe('sites whose pages may post here directly; nothing: only servers post')
      .default([])
      .meta({ examples: [['https://romashka.example']] }),
    thanks: z
      .url({ protocol: /^https?$/ })
      .describe('where the browser goes after a plain form; without it the answer is JSON')
      .meta({ examples: ['https://romashka.example/thanks'] })
      .optional(),
    perMinute: z
      .int()
      .min(1)
      .max(10_000)
      .describe('how many requests one address may send in a minute; raise it where the site’s server posts for all')
      .default(10),
  })
  .transform((written, context) => {
    const { token, secret, signature: given } = written;
    const isWithSecret = secret !== undefined;
    if (token === undefined && !isWithSecret)
      context.addIssue({
        code: 'custom',
        path: ['token'],
        message: 'a token for the form’s address, or a secret with which the site’s server signs',
      });
    const signature: Signature = isWithSecret
      ? { scheme: 'hmac', ...given }
      : { ...given, scheme: given?.scheme ?? 'token' };
    return { ...written, signature, secret: secret ?? token ?? '' };
  });
export type Config = z.output<typeof Config>;
