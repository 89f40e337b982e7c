/** The door to the real exchanges: start one, play a scenario, get what the manager user received and what the phones saw. */
export { asteriskUnavailable } from './asterisk-unavailable.ts';
export { type Exchange, type ExchangeOptions, type ManagerUser, type Suite, startExchange } from './exchange.ts';
export type { Lab, Scenario } from './lab.ts';
export { type Recording, record } from './record.ts';
export { scenarios, scenariosFor } from './scenarios/index.ts';
export type { CallTruth, TalkTruth, TransferTruth } from './truth.ts';
