import type { Scenario } from '../lab.ts';
import type { SipCall } from '../sip-call.ts';
import { type CallTruth, callTruth, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';
import { referBlind, talking } from './transfer-by-phone.ts';

const pickup: Scenario = {
  name: 'pickup-of-a-ringing-phone',
  run: async (lab) => {
    lab.phone(101).react = {};
    const rings = lab.phone(101).nextCall();
    const caller = await lab.inbound('4951000101');
    await rings;
    await sleep(2000);
    const picker = await lab.phone(102).call('*8');
    await picker.until('answered');
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000101',
        answeredBy: '102',
        rang: ['101'],
        lastTalkedTo: '102',
        talks: [{ who: '102', sec: seconds(picker.at.answered, caller.at.ended) }],
      }),
    ];
  },
};

const pickupQueue: Scenario = {
  name: 'pickup-of-a-queue-call',
  run: async (lab) => {
    for (const member of [101, 102, 103]) lab.phone(member).react = {};
    const rings = lab.phone(101).nextCall();
    const caller = await lab.inbound('4951000300');
    const ringing = await rings;
    await sleep(2000);
    const picker = await lab.phone(104).call('*8');
    await picker.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000300',
        queue: 'sales',
        answeredBy: '104',
        rang: ['101', '102', '103'],
        lastTalkedTo: '104',
        ringSec: seconds(ringing.at.ringing, picker.at.answered),
        talkSec: seconds(picker.at.answered, caller.at.ended),
        talks: [{ who: '104', sec: seconds(picker.at.answered, caller.at.ended) }],
      }),
    ];
  },
};

function parked(
  caller: SipCall,
  first: SipCall,
  ordered: number,
  second: SipCall,
  who: string,
  note?: string,
): CallTruth {
  const before = seconds(first.at.answered, ordered);
  const after = seconds(second.at.answered, caller.at.ended);
  return callTruth(caller, {
    called: '4951000900',
    answeredBy: '101',
    lastTalkedTo: who,
    transfers: [{ type: 'park', from: '101', to: who, answered: true }],
    talks:
      who === '101'
        ? [{ who, sec: Math.round((before + after) * 10) / 10 }]
        : [
            { who: '101', sec: before },
            { who, sec: after },
          ],
    parkedSec: seconds(ordered, second.at.answered),
    ...(note ? { note } : {}),
  });
}

const parkOther: Scenario = {
  name: 'park-retrieved-by-another',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    const ordered = referBlind(first, '700');
    await sleep(2500);
    const second = await lab.phone(102).call('701');
    await second.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [parked(caller, first, ordered, second, '102')];
  },
};

const parkSame: Scenario = {
  name: 'park-retrieved-by-the-same',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    const ordered = referBlind(first, '700');
    await sleep(2500);
    const second = await lab.phone(101).call('701');
    await second.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [parked(caller, first, ordered, second, '101')];
  },
};

const parkTimeout: Scenario = {
  name: 'park-timeout-back-to-the-parker',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    const back = lab.phone(101).nextCall();
    const ordered = referBlind(first, '700');
    const second = await back;
    await second.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      parked(
        caller,
        first,
        ordered,
        second,
        '101',
        'nobody took the parked call; after 6 s the exchange rang the parker',
      ),
    ];
  },
};

const parkAbandoned: Scenario = {
  name: 'park-abandoned',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    const ordered = referBlind(first, '700');
    await sleep(3500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101'],
        lastTalkedTo: '101',
        transfers: [{ type: 'park', from: '101', to: '700', answered: false }],
        talks: [{ who: '101', sec: seconds(first.at.answered, ordered) }],
        note: 'the client hung up while parked; to whom is unclear: nobody took it',
      }),
    ];
  },
};

export const pickupAndPark: readonly Scenario[] = [
  pickup,
  pickupQueue,
  parkOther,
  parkSame,
  parkTimeout,
  parkAbandoned,
];
