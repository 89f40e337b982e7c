import type { Suite } from '../exchange.ts';
import type { Scenario } from '../lab.ts';
import { answeredByMachine } from './answered-by-machine.ts';
import { basic } from './basic.ts';
import { busyOffice } from './busy-office.ts';
import { callerIdentity } from './caller-identity.ts';
import { clickToCall } from './click-to-call.ts';
import { combinations } from './combination.ts';
import { conferences } from './conference.ts';
import { exchangeGone } from './exchange-gone.ts';
import { forwards } from './forward.ts';
import { iax } from './iax.ts';
import { internal } from './internal.ts';
import { oldSip } from './old-sip.ts';
import { outbound } from './outbound.ts';
import { pickupAndPark } from './pickup-and-park.ts';
import { queues } from './queue.ts';
import { rare } from './rare.ts';
import { readerAway } from './reader-away.ts';
import { severalAtOnce } from './several-at-once.ts';
import { transferByCode } from './transfer-by-code.ts';
import { transferByManager } from './transfer-by-manager.ts';
import { transferByPhone } from './transfer-by-phone.ts';

/** Every scenario, by theme. */
export const scenarios: readonly Scenario[] = [
  ...transferByCode,
  ...transferByPhone,
  ...transferByManager,
  ...pickupAndPark,
  ...forwards,
  ...conferences,
  ...queues,
  ...outbound,
  ...clickToCall,
  ...internal,
  ...callerIdentity,
  ...basic,
  ...answeredByMachine,
  ...combinations,
  ...severalAtOnce,
  busyOffice,
  ...iax,
  ...oldSip,
  ...rare,
  ...readerAway,
  ...exchangeGone,
];

/** Those that can be played on this suite. */
export function scenariosFor(suite: Suite): Scenario[] {
  return scenarios.filter((scenario) => scenario.suites?.includes(suite) ?? true);
}
