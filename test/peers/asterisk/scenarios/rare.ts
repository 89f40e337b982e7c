import type { Scenario } from '../lab.ts';
import type { SipCall } from '../sip-call.ts';
import { callTruth, client, mobile, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';
import { referBlind, talking } from './transfer-by-phone.ts';

/** The phone completes an attended transfer of `held` to whoever `consultation` talks to. Answers when. */
async function complete(held: SipCall, consultation: SipCall, to: string): Promise<number> {
  held.refer(to, consultation);
  const handed = Date.now();
  await sleep(500);
  held.hangUp();
  consultation.hangUp();
  return handed;
}

/** 101 talks with 102 when a client calls 101; 101 joins the two. The older linked id is the internal one. */
const intoOlder: Scenario = {
  name: 'attended-into-an-older-internal-call',
  run: async (lab) => {
    lab.phone(102).react = { after: 800 };
    const internal = await lab.phone(101).call('102');
    await internal.until('answered');
    await sleep(1500);
    lab.phone(101).react = {};
    const knocks = lab.phone(101).nextCall();
    const caller = await lab.inbound('4951000900');
    const first = await knocks;
    await sleep(1000);
    await internal.hold();
    first.answer();
    await caller.until('answered');
    await sleep(1500);
    await first.hold();
    const handed = await complete(first, internal, '102');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        lastTalkedTo: '102',
        transfers: [{ type: 'attended', from: '101', to: '102', answered: true }],
        talks: [
          { who: '101', sec: seconds(first.at.answered, handed) },
          { who: '102', sec: seconds(handed, caller.at.ended) },
        ],
        note: 'the call between the colleagues was there before the client called; it was swallowed by his conversation',
      }),
    ];
  },
};

const chain: Scenario = {
  name: 'attended-then-attended',
  run: async (lab) => {
    const { caller, first } = await talking(lab, 1000);
    await first.hold();
    lab.phone(102).react = { after: 800 };
    const rings = lab.phone(102).nextCall();
    const toSecond = await lab.phone(101).call('102');
    const second = await rings;
    await toSecond.until('answered');
    await sleep(1000);
    const handed = await complete(first, toSecond, '102');
    await sleep(1500);
    await second.hold();
    lab.phone(103).react = { after: 800 };
    const toThird = await lab.phone(102).call('103');
    await toThird.until('answered');
    await sleep(1000);
    const handedOn = await complete(second, toThird, '103');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101', '102', '103'],
        lastTalkedTo: '103',
        transfers: [
          { type: 'attended', from: '101', to: '102', answered: true },
          { type: 'attended', from: '102', to: '103', answered: true },
        ],
        talks: [
          { who: '101', sec: seconds(first.at.answered, handed) },
          { who: '102', sec: seconds(handed, handedOn) },
          { who: '103', sec: seconds(handedOn, caller.at.ended) },
        ],
      }),
    ];
  },
};

const outboundByCode: Scenario = {
  name: 'outbound-then-attended-by-code',
  run: async (lab) => {
    lab.trunk.react = { after: 1000 };
    const far = lab.trunk.nextCall();
    const call = await lab.phone(101).call(mobile);
    const outside = await far;
    await call.until('answered');
    await sleep(1500);
    lab.phone(102).react = { after: 1200 };
    const rings = lab.phone(102).nextCall();
    await call.press('*2');
    await sleep(900);
    await call.press('102');
    const second = await rings;
    await second.until('answered');
    await sleep(1500);
    call.hangUp();
    const handed = call.at.ended;
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
      }),
    ];
  },
};

const intoQueue: Scenario = {
  name: 'blind-transfer-into-a-queue',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    for (const member of [101, 102]) lab.phone(member).react = {};
    lab.phone(103).react = { after: 1500 };
    const rings = lab.phone(103).nextCall();
    const ordered = referBlind(first, '300');
    const second = await rings;
    await second.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        queue: 'sales',
        answeredBy: '101',
        lastTalkedTo: '103',
        dialledForTransfer: '300',
        transfers: [{ type: 'blind', from: '101', to: '103', answered: true }],
        talks: [
          { who: '101', sec: seconds(first.at.answered, ordered) },
          { who: '103', sec: seconds(second.at.answered, caller.at.ended) },
        ],
        note: 'ordered to the queue 300, answered by 103: whether `to` is the queue or the phone is a rule',
      }),
    ];
  },
};

/** 101 has two clients on two lines and joins them with each other. */
const twoClients: Scenario = {
  name: 'two-clients-joined-by-transfer',
  run: async (lab) => {
    const { caller, first } = await talking(lab, 1000);
    await first.hold();
    const number = '79052223344';
    lab.phone(101).react = { after: 1000 };
    const rings = lab.phone(101).nextCall();
    const other = await lab.inbound('4951000900', { number });
    const second = await rings;
    await other.until('answered');
    await sleep(1500);
    first.refer('101', second);
    const handed = Date.now();
    await sleep(500);
    first.hangUp();
    second.hangUp();
    await sleep(2500);
    caller.hangUp();
    await other.until('ended');
    const note = 'the two clients talk on with each other after the transfer; what of this belongs to whom is a rule';
    return [
      callTruth(caller, {
        caller: client,
        called: '4951000900',
        answeredBy: '101',
        talks: [{ who: '101', sec: seconds(first.at.answered, handed) }],
        note,
      }),
      callTruth(other, {
        caller: number,
        called: '4951000900',
        answeredBy: '101',
        talks: [{ who: '101', sec: seconds(second.at.answered, handed) }],
        note,
      }),
    ];
  },
};

export const rare: readonly Scenario[] = [intoOlder, chain, outboundByCode, intoQueue, twoClients];
