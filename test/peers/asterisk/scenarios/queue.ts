import type { Lab, Scenario } from '../lab.ts';
import type { SipCall } from '../sip-call.ts';
import { type CallTruth, callTruth, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';
import { referBlind } from './transfer-by-phone.ts';

/** Members 102 and 103 of the queue stand behind Local channels, the way FreePBX adds them; one of them answers. */
function localAnsweredBy(who: '102' | '103'): Scenario {
  return {
    name: `queue-local-answered-by-${who}`,
    run: async (lab) => {
      for (const member of ['102', '103']) lab.phone(member).react = member === who ? { after: 2000 } : {};
      const rings = lab.phone(who).nextCall();
      const caller = await lab.inbound('4951000301');
      const leg = await rings;
      await leg.until('answered');
      await sleep(2500);
      caller.hangUp();
      return [queued(caller, leg, leg, who, { called: '4951000301', queue: 'localq', rang: ['102', '103'] })];
    },
  };
}

/** The truth of a queue call: the exchange answers before anybody rings, so the caller's own times say nothing. */
function queued(
  caller: SipCall,
  firstRing: SipCall,
  answer: SipCall,
  who: string,
  known: Partial<CallTruth> & { called: string },
): CallTruth {
  return callTruth(caller, {
    answeredBy: who,
    lastTalkedTo: who,
    ringSec: seconds(firstRing.at.ringing, answer.at.answered),
    talkSec: seconds(answer.at.answered, caller.at.ended),
    talks: [{ who, sec: seconds(answer.at.answered, caller.at.ended) }],
    ...known,
  });
}

const localAbandoned: Scenario = {
  name: 'queue-local-abandoned',
  run: async (lab) => {
    for (const member of [102, 103]) lab.phone(member).react = {};
    const rings = lab.phone(102).nextCall();
    const caller = await lab.inbound('4951000301');
    const leg = await rings;
    await sleep(3500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000301',
        queue: 'localq',
        disposition: 'missed',
        abandoned: true,
        rang: ['102', '103'],
        ringSec: seconds(leg.at.ringing, caller.at.ended),
        talkSec: 0,
      }),
    ];
  },
};

function everyoneRings(lab: Lab): void {
  for (const member of [101, 102, 103]) lab.phone(member).react = {};
}

const answered: Scenario = {
  name: 'queue-answered',
  run: async (lab) => {
    everyoneRings(lab);
    lab.phone(103).react = { after: 2000 };
    const rings = lab.phone(103).nextCall();
    const caller = await lab.inbound('4951000300');
    const leg = await rings;
    await leg.until('answered');
    await sleep(3000);
    caller.hangUp();
    return [queued(caller, leg, leg, '103', { called: '4951000300', queue: 'sales', rang: ['101', '102', '103'] })];
  },
};

const abandoned: Scenario = {
  name: 'queue-abandoned',
  run: async (lab) => {
    everyoneRings(lab);
    const rings = lab.phone(101).nextCall();
    const caller = await lab.inbound('4951000300');
    const leg = await rings;
    await sleep(4000);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000300',
        queue: 'sales',
        disposition: 'missed',
        abandoned: true,
        rang: ['101', '102', '103'],
        ringSec: seconds(leg.at.ringing, caller.at.ended),
        talkSec: 0,
      }),
    ];
  },
};

const leftByKey: Scenario = {
  name: 'queue-left-by-key',
  run: async (lab) => {
    everyoneRings(lab);
    lab.phone(104).react = { after: 1500 };
    const rings = lab.phone(101).nextCall();
    const operator = lab.phone(104).nextCall();
    const caller = await lab.inbound('4951000300');
    const first = await rings;
    await sleep(2000);
    await caller.press('0');
    const leg = await operator;
    await leg.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      queued(caller, first, leg, '104', {
        called: '4951000300',
        queue: 'sales',
        rang: ['101', '102', '103', '104'],
        note: 'the caller left the queue with the key 0 and got the dispatcher',
      }),
    ];
  },
};

const twoRounds: Scenario = {
  name: 'queue-two-rounds',
  run: async (lab) => {
    let rounds = 0;
    lab.phone(101).react = {};
    lab.phone(102).react = () => (++rounds > 1 ? { after: 1500 } : {});
    const rings = lab.phone(101).nextCall();
    const answers = lab.phone(102).nextCall(() => rounds > 1);
    const caller = await lab.inbound('4951000304');
    const first = await rings;
    const leg = await answers;
    await leg.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      queued(caller, first, leg, '102', {
        called: '4951000304',
        queue: 'short',
        rang: ['101', '102'],
        rounds,
        note: 'ringSec includes the pause between the two rounds',
      }),
    ];
  },
};

const thenTransfers: Scenario = {
  name: 'queue-then-attended-then-blind',
  run: async (lab) => {
    everyoneRings(lab);
    lab.phone(103).react = { after: 1500 };
    const rings = lab.phone(103).nextCall();
    const caller = await lab.inbound('4951000300');
    const first = await rings;
    await first.until('answered');
    await sleep(1500);
    await first.hold();
    lab.phone(102).react = { after: 1000 };
    const rings2 = lab.phone(102).nextCall();
    const consultation = await lab.phone(103).call('102');
    const second = await rings2;
    await consultation.until('answered');
    await sleep(1500);
    first.refer('102', consultation);
    const handed = Date.now();
    await sleep(500);
    first.hangUp();
    consultation.hangUp();
    await sleep(2000);
    lab.phone(104).react = { after: 1000 };
    const rings3 = lab.phone(104).nextCall();
    const ordered = referBlind(second, '104');
    const third = await rings3;
    await third.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      queued(caller, first, first, '103', {
        called: '4951000300',
        queue: 'sales',
        rang: ['101', '102', '103', '104'],
        lastTalkedTo: '104',
        transfers: [
          { type: 'attended', from: '103', to: '102', answered: true },
          { type: 'blind', from: '102', to: '104', answered: true },
        ],
        talks: [
          { who: '103', sec: seconds(first.at.answered, handed) },
          { who: '102', sec: seconds(handed, ordered) },
          { who: '104', sec: seconds(third.at.answered, caller.at.ended) },
        ],
      }),
    ];
  },
};

export const queues: readonly Scenario[] = [
  answered,
  abandoned,
  localAnsweredBy('102'),
  localAnsweredBy('103'),
  localAbandoned,
  leftByKey,
  twoRounds,
  thenTransfers,
];
