import type { Scenario } from '../lab.ts';
import { callTruth, client, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';

const abroad = '493012345678';
const from = `"Ivan Sidorov" <sip:${client}@provider.invalid>`;

const inbound: Scenario = {
  name: 'old-sip-inbound',
  run: async (lab) => {
    lab.phone(101).react = { after: 1500 };
    const caller = await lab.oldTrunk.call('4951000101', { from });
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000101',
        answeredBy: '101',
        callerName: 'Ivan Sidorov',
        rang: ['101'],
        trunk: 'SIP',
      }),
    ];
  },
};

const outbound: Scenario = {
  name: 'old-sip-outbound',
  run: async (lab) => {
    lab.oldTrunk.react = { after: 1500 };
    const call = await lab.phone(101).call(abroad);
    await call.until('answered');
    await sleep(2500);
    call.hangUp();
    return [
      callTruth(call, {
        direction: 'outbound',
        caller: '101',
        placedBy: '101',
        called: abroad,
        answeredBy: abroad,
        trunk: 'SIP',
      }),
    ];
  },
};

const attended: Scenario = {
  name: 'old-sip-inbound-then-attended',
  run: async (lab) => {
    lab.phone(101).react = { after: 1000 };
    const rings = lab.phone(101).nextCall();
    const caller = await lab.oldTrunk.call('4951000900', { from });
    const first = await rings;
    await caller.until('answered');
    await sleep(1500);
    await first.hold();
    lab.phone(102).react = { after: 1000 };
    const consultation = await lab.phone(101).call('102');
    await consultation.until('answered');
    await sleep(1500);
    first.refer('102', consultation);
    const handed = Date.now();
    await sleep(500);
    first.hangUp();
    consultation.hangUp();
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        callerName: 'Ivan Sidorov',
        rang: ['101', '102'],
        lastTalkedTo: '102',
        trunk: 'SIP',
        transfers: [{ type: 'attended', from: '101', to: '102', answered: true }],
        talks: [
          { who: '101', sec: seconds(first.at.answered, handed) },
          { who: '102', sec: seconds(handed, caller.at.ended) },
        ],
      }),
    ];
  },
};

/** Trunk calls through the channel driver that Asterisk gave up in 21 and many exchanges still use. */
export const oldSip: readonly Scenario[] = [inbound, outbound, attended].map((scenario) => ({
  ...scenario,
  suites: ['bullseye'],
}));
