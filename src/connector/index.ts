// The one door through which connectors see the rest of the program.

export type { CallFacts, CallOutcome } from '../core/contact/call.ts';
export type { Address, Capture, Channel, Direction, Ringing } from '../core/contact/capture.ts';
export type { FormFacts } from '../core/contact/form.ts';
export { Fault } from '../core/fault.ts';
export type { Clock } from '../core/time/clock.ts';
export type {
  AnyConnector,
  Connector,
  IncomingMail,
  Journal,
  JournalEntry,
  Office,
  Past,
  Session,
  SessionConnector,
  WebhookAnswer,
  WebhookConnector,
  WebhookReading,
  WebhookRequest,
} from './connector.ts';
export { defineSession, defineWebhook } from './connector.ts';
export { type Payload, readJson, readPayload, textOf } from './payload.ts';
export { isSigned, type Proof, Signature, sameSecret } from './signature.ts';
