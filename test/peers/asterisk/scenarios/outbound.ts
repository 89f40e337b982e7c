import type { Scenario } from '../lab.ts';
import { callTruth, mobile, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';
import { referBlind } from './transfer-by-phone.ts';

const abroad = '380441234567';

/** The outside refuses with a SIP code before anything rings. */
function refused(name: string, code: number, reason: string, disposition: 'rejected' | 'failed'): Scenario {
  return {
    name,
    run: async (lab) => {
      lab.trunk.react = { code, reason, delay: 200 };
      const call = await lab.phone(101).call(mobile);
      await call.until('ended');
      return [
        callTruth(call, {
          direction: 'outbound',
          caller: '101',
          placedBy: '101',
          called: mobile,
          disposition,
          ringSec: 0,
          trunkAnswered: code,
          sipToCaller: call.code,
        }),
      ];
    },
  };
}

const secondTrunk: Scenario = {
  name: 'outbound-second-trunk-after-503',
  run: async (lab) => {
    lab.trunk.react = { code: 503, reason: 'Service Unavailable' };
    lab.trunk2.react = { after: 1500 };
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
        note: 'the first trunk answered 503, the second one was taken',
      }),
    ];
  },
};

const bothTrunksFail: Scenario = {
  name: 'outbound-both-trunks-fail',
  run: async (lab) => {
    lab.trunk.react = { code: 503, reason: 'Service Unavailable' };
    lab.trunk2.react = { code: 503, reason: 'Service Unavailable' };
    const call = await lab.phone(101).call(abroad);
    await call.until('ended');
    return [
      callTruth(call, {
        direction: 'outbound',
        caller: '101',
        placedBy: '101',
        called: abroad,
        disposition: 'failed',
        ringSec: 0,
        sipToCaller: call.code,
      }),
    ];
  },
};

const thenBlind: Scenario = {
  name: 'outbound-then-blind-to-colleague',
  run: async (lab) => {
    lab.trunk.react = { after: 1200 };
    const far = lab.trunk.nextCall();
    const call = await lab.phone(101).call(mobile);
    const outside = await far;
    await call.until('answered');
    await sleep(2000);
    lab.phone(102).react = { after: 1200 };
    const rings = lab.phone(102).nextCall();
    const ordered = referBlind(call, '102');
    const second = await rings;
    await second.until('answered');
    await sleep(2500);
    outside.hangUp();
    return [
      callTruth(call, {
        direction: 'outbound',
        caller: '101',
        placedBy: '101',
        called: mobile,
        answeredBy: mobile,
        lastTalkedTo: '102',
        talkSec: seconds(outside.at.answered, outside.at.ended),
        transfers: [{ type: 'blind', from: '101', to: '102', answered: true }],
        talks: [
          { who: '101', sec: seconds(call.at.answered, ordered) },
          { who: '102', sec: seconds(second.at.answered, outside.at.ended) },
        ],
        colleagueRang: ['102'],
      }),
    ];
  },
};

const thenAttended: Scenario = {
  name: 'outbound-then-attended-to-colleague',
  run: async (lab) => {
    lab.trunk.react = { after: 1200 };
    const far = lab.trunk.nextCall();
    const call = await lab.phone(101).call(mobile);
    const outside = await far;
    await call.until('answered');
    await sleep(1500);
    await call.hold();
    lab.phone(102).react = { after: 1200 };
    const consultation = await lab.phone(101).call('102');
    await consultation.until('answered');
    await sleep(1500);
    call.refer('102', consultation);
    const handed = Date.now();
    await sleep(500);
    call.hangUp();
    consultation.hangUp();
    await sleep(2500);
    outside.hangUp();
    return [
      callTruth(call, {
        direction: 'outbound',
        caller: '101',
        placedBy: '101',
        called: mobile,
        answeredBy: mobile,
        lastTalkedTo: '102',
        talkSec: seconds(outside.at.answered, outside.at.ended),
        transfers: [{ type: 'attended', from: '101', to: '102', answered: true }],
        talks: [
          { who: '101', sec: seconds(call.at.answered, handed) },
          { who: '102', sec: seconds(handed, outside.at.ended) },
        ],
        consultation: { from: '101', to: '102', sec: seconds(consultation.at.answered, handed) },
      }),
    ];
  },
};

export const outbound: readonly Scenario[] = [
  secondTrunk,
  bothTrunksFail,
  refused('outbound-rejected-603', 603, 'Decline', 'rejected'),
  refused('outbound-failed-404', 404, 'Not Found', 'failed'),
  refused('outbound-failed-503', 503, 'Service Unavailable', 'failed'),
  thenBlind,
  thenAttended,
];
