/** A contact form of a web site, posted by the browser or by the site's server. What IT sets up: ./README.md */
import { createHash } from 'node:crypto';
import {
  type Address,
  type Capture,
  defineWebhook,
  Fault,
  type FormFacts,
  isSigned,
  type Payload,
  readPayload,
  textOf,
  type WebhookAnswer,
  type WebhookReading,
  type WebhookRequest,
} from '../../src/connector/index.ts';
import { Config } from './config.ts';

export const webForm = defineWebhook({
  kind: 'web-form',
  config: Config,
  read,
  origins: ({ origins }) => origins,
  perMinute: ({ perMinute }) => perMinute,
});

/** Longer than anybody types; all of it stays in the evidence. */
const longest = { message: 20_000, field: 500 };
/** The same words again within ten to twenty minutes are one request: pressed twice, sent again. */
const sameWithinMs = 10 * 60_000;

function read(request: WebhookRequest, config: Config): WebhookReading {
  const nothing = { captures: [], ringing: [], isSpam: false };
  if (request.method === 'GET') {
    const body = 'POST is expected here\n';
    return { ...nothing, answer: { status: 405, type: 'text/plain; charset=utf-8', body, location: null } };
  }
  const payload = readPayload(request);
  if (!isSigned(config.signature, { request, payload, event: '', secret: config.secret }))
    throw new Fault('form.key_refused', 'reconfigure', {
      scheme: config.signature.scheme,
      cure: 'compare the token in the form’s address, or the secret of the site’s server, with the configuration',
    });
  if (payload === null)
    throw new Fault('form.body_unreadable', 'set-aside', {
      cure: 'let the form post as browsers do, or a script JSON with its content type',
    });
  const answer = answerOf(request, config);
  if (textOf(payload, config.trap) !== null) return { ...nothing, isSpam: true, answer };
  const form = formOf(payload, config);
  if (form.phone === null && form.email === null && form.message === null)
    throw new Fault('form.empty', 'set-aside', {
      fields: Object.keys(payload).slice(0, 20),
      cure: 'let fields.phone, fields.email and fields.message name the fields of the form',
    });
  return { ...nothing, captures: [toCapture(form, payload, request, config)], answer };
}

function formOf(payload: Payload, { fields }: Config): FormFacts {
  const first = (paths: string | readonly string[], length = longest.field) => {
    const found = (typeof paths === 'string' ? [paths] : paths).map((one) => textOf(payload, one));
    const text = found.find((each) => each !== null);
    return text == null ? null : cut(text, length);
  };
  return {
    name: first(fields.name),
    phone: first(fields.phone),
    email: first(fields.email),
    message: first(fields.message, longest.message),
    page: first(fields.page),
    more: Object.entries(fields.more).flatMap(([label, paths]) => {
      const value = first(paths);
      return value === null ? [] : [{ label, value }];
    }),
  };
}

function cut(text: string, length: number): string {
  return [...text.slice(0, 2 * length)].slice(0, length).join('');
}

function toCapture(form: FormFacts, payload: Payload, request: WebhookRequest, { fields }: Config): Capture {
  const ids = (typeof fields.id === 'string' ? [fields.id] : (fields.id ?? [])).map((path) => textOf(payload, path));
  const id = ids.find((each) => each !== null) ?? null;
  const links = (id === null ? linksOf(form, request.receivedAt) : [`id:${id}`]).map(
    (link) => `web:${request.connector}:${link}`,
  );
  return {
    identity: links[0] ?? '',
    revision: 0,
    links,
    channel: 'web',
    direction: 'inbound',
    occurredAt: request.receivedAt,
    endedAt: request.receivedAt,
    outside: outsideOf(form),
    outsideName: form.name,
    ours: null,
    employees: [],
    details: { channel: 'web', form },
    evidence: Buffer.from(request.body).toString('utf8'),
    asks: true,
  };
}

/** This ten minutes' and the last ones': two that follow each other share one. */
function linksOf(form: FormFacts, receivedAt: Date): string[] {
  const words = createHash('sha256').update(JSON.stringify(form)).digest('base64url');
  const stretch = Math.floor(receivedAt.getTime() / sameWithinMs);
  return [`${words}:${stretch}`, `${words}:${stretch - 1}`];
}

/** A telephone number is called back sooner than a mail is written; words in its place are none. */
function outsideOf({ phone, email }: FormFacts): Address | null {
  if (phone !== null && (email === null || (phone.match(/\d/g) ?? []).length >= 6))
    return { kind: 'phone', value: phone };
  return email === null ? null : { kind: 'email', value: email };
}

/** A browser that sent a plain form goes on to a page; a script reads JSON. */
function answerOf({ headers }: WebhookRequest, { thanks }: Config): WebhookAnswer {
  const isPlainForm = !(headers['content-type'] ?? '').includes('json') && !(headers['accept'] ?? '').includes('json');
  if (thanks !== undefined && isPlainForm)
    return { status: 303, type: 'text/plain; charset=utf-8', body: '', location: thanks };
  return { status: 200, type: 'application/json', body: '{"status":"ok"}', location: null };
}
