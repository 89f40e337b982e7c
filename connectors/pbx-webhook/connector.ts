/** Any exchange that tells of its calls by HTTP: JSON or forms, mapped in YAML. What IT sets up: ./README.md */
import {
  type Address,
  type Capture,
  defineWebhook,
  Fault,
  isSigned,
  type Office,
  type Payload,
  type Ringing,
  readJson,
  readPayload,
  textOf,
  type WebhookAnswer,
  type WebhookReading,
  type WebhookRequest,
} from '../../src/connector/index.ts';
import { callOf, eventNameOf, eventOf, readerOf, readTold, revisionOf, type TimedCall, type Told } from './call.ts';
import { Config } from './config.ts';

export const pbxWebhook = defineWebhook({ kind: 'pbx-webhook', config: Config, read });

function read(request: WebhookRequest, config: Config, office: Office): WebhookReading {
  if (request.method === 'GET') return nothing(echoOf(request, config));
  const { envelope, payload } = payloadsOf(request, config);
  const reader = payload && readerOf(payload, request.path);
  const event = reader ? eventNameOf(reader, config) : '';
  if (!isSigned(config.signature, { request, payload: envelope, event, secret: config.secret }))
    throw new Fault('pbx.signature_refused', 'reconfigure', {
      scheme: config.signature.scheme,
      cure: 'compare secret and signature with what the exchange is set to',
    });
  if (reader === null)
    throw new Fault('pbx.body_unreadable', 'set-aside', { cure: 'let the exchange post JSON or a form, in UTF-8' });
  const kind = eventOf(event, config);
  if (kind === 'ignore') return nothing(answerOf(config));
  const told = readTold(reader, kind, config, office);
  if (told.direction === 'internal' || (told.outside !== null && office.isColleague(told.outside)))
    return nothing(answerOf(config));
  const timed = kind === 'end' ? callOf(told, reader, config, request.receivedAt) : null;
  return {
    captures: timed ? [toCapture(timed, told, request)] : [],
    ringing: [ringingOf(told, request.receivedAt)],
    isSpam: false,
    answer: answerOf(config),
  };
}

function nothing(answer: WebhookAnswer): WebhookReading {
  return { captures: [], ringing: [], isSpam: false, answer };
}

/** The body as it was sent (signatures stand there), and the fields of the call, which may be JSON inside it. */
function payloadsOf(
  request: WebhookRequest,
  { jsonField }: Config,
): { envelope: Payload | null; payload: Payload | null } {
  const envelope = readPayload(request);
  const inner = jsonField === null || envelope === null ? null : textOf(envelope, jsonField);
  return { envelope, payload: inner === null ? envelope : readJson(inner) };
}

/** Who sets the address up in the exchange's own pages is asked to prove that it is his. */
function echoOf({ query }: WebhookRequest, { echo }: Config): WebhookAnswer {
  const value = echo === null ? undefined : query[echo];
  const type = 'text/plain; charset=utf-8';
  if (value === undefined) return { status: 405, type, body: 'POST is expected here\n', location: null };
  return { status: 200, type, body: value.slice(0, 200), location: null };
}

function answerOf({ answer }: Config): WebhookAnswer {
  return { status: 200, ...answer, location: null };
}

function toCapture(timed: TimedCall, told: Told, request: WebhookRequest): Capture {
  const { call } = timed;
  return {
    identity: told.id,
    revision: revisionOf(timed),
    links: told.links.map((id) => `call:${request.exchange}:${id}`),
    channel: call.outcome === 'fax' ? 'fax' : 'call',
    direction: call.direction,
    occurredAt: call.startedAt,
    endedAt: call.endedAt,
    outside: phone(told.outside),
    outsideName: told.direction === 'inbound' && !told.isHidden ? told.name : null,
    ours: phone(told.direction === 'inbound' ? told.line : null),
    employees: told.employee === null ? [] : [personOf(told.employee)],
    details: { channel: 'call', call },
    evidence: Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).toString('utf8'),
    asks: true,
  };
}

function ringingOf(told: Told, receivedAt: Date): Ringing {
  const { employee, event } = told;
  return {
    call: told.ring,
    outside: phone(told.outside),
    outsideName: told.direction === 'inbound' && !told.isHidden ? told.name : null,
    ours: phone(told.direction === 'inbound' ? told.line : null),
    // Who dials out knows whom: nobody is rung.
    rings: event === 'start' && told.direction === 'inbound' && employee !== null ? [employee] : [],
    answeredBy: event === 'answer' || (event === 'start' && told.direction === 'outbound') ? employee : null,
    since: receivedAt,
  };
}

function phone(value: string | null): Address | null {
  return value === null ? null : { kind: 'phone', value };
}

function personOf(value: string): Address {
  return { kind: value.includes('@') ? 'email' : 'extension', value };
}
