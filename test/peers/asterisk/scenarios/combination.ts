import type { Scenario } from '../lab.ts';
import { callTruth, mobile, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';
import { referBlind, talking } from './transfer-by-phone.ts';

const hunt: Scenario = {
  name: 'hunt-first-silent-second-answers',
  run: async (lab) => {
    lab.phone(101).react = {};
    lab.phone(102).react = { after: 1500 };
    const caller = await lab.inbound('4951000210');
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000210',
        answeredBy: '102',
        rang: ['101', '102'],
        lastTalkedTo: '102',
        talks: [{ who: '102', sec: seconds(caller.at.answered, caller.at.ended) }],
      }),
    ];
  },
};

/** A queue member behind a Local channel that is never optimised away hands the client on. */
const queueLocalBlind: Scenario = {
  name: 'queue-local-then-blind',
  run: async (lab) => {
    lab.phone(102).react = { after: 1500 };
    lab.phone(103).react = {};
    const rings = lab.phone(102).nextCall();
    const caller = await lab.inbound('4951000301');
    const first = await rings;
    await first.until('answered');
    await sleep(2000);
    lab.phone(104).react = { after: 1200 };
    const rings2 = lab.phone(104).nextCall();
    const ordered = referBlind(first, '104');
    const second = await rings2;
    await second.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000301',
        queue: 'localq',
        answeredBy: '102',
        rang: ['102', '103', '104'],
        lastTalkedTo: '104',
        ringSec: seconds(first.at.ringing, first.at.answered),
        talkSec: seconds(first.at.answered, caller.at.ended),
        transfers: [{ type: 'blind', from: '102', to: '104', answered: true }],
        talks: [
          { who: '102', sec: seconds(first.at.answered, ordered) },
          { who: '104', sec: seconds(second.at.answered, caller.at.ended) },
        ],
      }),
    ];
  },
};

const queueLocalAttended: Scenario = {
  name: 'queue-local-then-attended',
  run: async (lab) => {
    lab.phone(102).react = { after: 1500 };
    lab.phone(103).react = {};
    const rings = lab.phone(102).nextCall();
    const caller = await lab.inbound('4951000301');
    const first = await rings;
    await first.until('answered');
    await sleep(1500);
    await first.hold();
    lab.phone(104).react = { after: 1000 };
    const consultation = await lab.phone(102).call('104');
    await consultation.until('answered');
    await sleep(1500);
    first.refer('104', consultation);
    const handed = Date.now();
    await sleep(500);
    first.hangUp();
    consultation.hangUp();
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000301',
        queue: 'localq',
        answeredBy: '102',
        rang: ['102', '103', '104'],
        lastTalkedTo: '104',
        ringSec: seconds(first.at.ringing, first.at.answered),
        talkSec: seconds(first.at.answered, caller.at.ended),
        transfers: [{ type: 'attended', from: '102', to: '104', answered: true }],
        talks: [
          { who: '102', sec: seconds(first.at.answered, handed) },
          { who: '104', sec: seconds(handed, caller.at.ended) },
        ],
        consultation: { from: '102', to: '104', sec: seconds(consultation.at.answered, handed) },
      }),
    ];
  },
};

const attendedOutside: Scenario = {
  name: 'attended-transfer-to-outside',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    await first.hold();
    lab.trunk.react = { after: 1200 };
    const consultation = await lab.phone(101).call(mobile);
    await consultation.until('answered');
    await sleep(1500);
    first.refer(mobile, consultation);
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
        rang: ['101'],
        lastTalkedTo: mobile,
        transfers: [{ type: 'attended', from: '101', to: mobile, answered: true }],
        talks: [
          { who: '101', sec: seconds(first.at.answered, handed) },
          { who: mobile, sec: seconds(handed, caller.at.ended) },
        ],
        note: 'the consultation is an outbound call of its own until the transfer; one conversation after all',
      }),
    ];
  },
};

const pickupThenBlind: Scenario = {
  name: 'pickup-then-blind',
  run: async (lab) => {
    lab.phone(101).react = {};
    const rings = lab.phone(101).nextCall();
    const caller = await lab.inbound('4951000900');
    await rings;
    await sleep(1500);
    const picker = await lab.phone(102).call('*8');
    await picker.until('answered');
    await caller.until('answered');
    await sleep(1500);
    lab.phone(103).react = { after: 1200 };
    const rings2 = lab.phone(103).nextCall();
    const ordered = referBlind(picker, '103');
    const second = await rings2;
    await second.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '102',
        rang: ['101', '103'],
        lastTalkedTo: '103',
        transfers: [{ type: 'blind', from: '102', to: '103', answered: true }],
        talks: [
          { who: '102', sec: seconds(picker.at.answered, ordered) },
          { who: '103', sec: seconds(second.at.answered, caller.at.ended) },
        ],
      }),
    ];
  },
};

const twoBlinds: Scenario = {
  name: 'blind-then-blind-back',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.phone(102).react = { after: 1000 };
    const rings = lab.phone(102).nextCall();
    const ordered = referBlind(first, '102');
    const second = await rings;
    await second.until('answered');
    await sleep(2000);
    const back = lab.phone(101).nextCall();
    const orderedBack = referBlind(second, '101');
    const again = await back;
    await again.until('answered');
    await sleep(2500);
    caller.hangUp();
    const own = seconds(first.at.answered, ordered) + seconds(again.at.answered, caller.at.ended);
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101', '102'],
        lastTalkedTo: '101',
        transfers: [
          { type: 'blind', from: '101', to: '102', answered: true },
          { type: 'blind', from: '102', to: '101', answered: true },
        ],
        talks: [
          { who: '101', sec: Math.round(own * 10) / 10 },
          { who: '102', sec: seconds(second.at.answered, orderedBack) },
        ],
      }),
    ];
  },
};

export const combinations: readonly Scenario[] = [
  hunt,
  queueLocalBlind,
  queueLocalAttended,
  attendedOutside,
  pickupThenBlind,
  twoBlinds,
];
