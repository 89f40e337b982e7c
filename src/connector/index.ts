// The one door through which connectors see the rest of the program.

export type { CallFacts, CallOutcome } from '../core/call.ts';
export type { Address, Capture, Channel, Direction, Ringing } from '../core/capture.ts';
export type { Clock } from '../core/clock.ts';
export { Fault } from '../core/fault.ts';
export type {
  AnyConnector,
  Connector,
  Journal,
  JournalEntry,
  Office,
  Session,
  SessionConnector,
  WebhookConnector,
  WebhookRequest,
} from './connector.ts';
export { defineSession, defineWebhook } from './connector.ts';
