import type { Lab, Scenario } from '../lab.ts';
import type { SipCall } from '../sip-call.ts';
import { callTruth, mobile, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';

/** A client talks to 101. */
export async function talking(lab: Lab, ms = 1500, did = '4951000900'): Promise<{ caller: SipCall; first: SipCall }> {
  lab.phone(101).react = { after: 1000 };
  const rings = lab.phone(101).nextCall();
  const caller = await lab.inbound(did);
  const first = await rings;
  await caller.until('answered');
  await sleep(ms);
  return { caller, first };
}

/** Orders a blind transfer; the phone lets go as soon as the other end is reached, or after 3 s. Answers when it was ordered. */
export function referBlind(call: SipCall, to: string): number {
  call.refer(to);
  const ordered = Date.now();
  const release = setInterval(() => {
    if ((call.referStatus ?? 0) < 200 && Date.now() - ordered < 3000) return;
    clearInterval(release);
    call.hangUp();
  }, 50);
  return ordered;
}

const blind: Scenario = {
  name: 'blind-transfer-sip-refer',
  run: async (lab) => {
    const { caller, first } = await talking(lab, 2000);
    lab.phone(102).react = { after: 1500 };
    const rings = lab.phone(102).nextCall();
    const ordered = referBlind(first, '102');
    const second = await rings;
    await second.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101', '102'],
        lastTalkedTo: '102',
        transfers: [{ type: 'blind', from: '101', to: '102', answered: true }],
        talks: [
          { who: '101', sec: seconds(first.at.answered, ordered) },
          { who: '102', sec: seconds(second.at.answered, caller.at.ended) },
        ],
      }),
    ];
  },
};

const blindOutside: Scenario = {
  name: 'blind-transfer-to-outside',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.trunk.react = { after: 1500 };
    const rings = lab.trunk.nextCall();
    const ordered = referBlind(first, mobile);
    const second = await rings;
    await second.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101'],
        lastTalkedTo: mobile,
        transfers: [{ type: 'blind', from: '101', to: mobile, answered: true }],
        talks: [
          { who: '101', sec: seconds(first.at.answered, ordered) },
          { who: mobile, sec: seconds(second.at.answered, caller.at.ended) },
        ],
      }),
    ];
  },
};

const blindUnanswered: Scenario = {
  name: 'blind-transfer-sip-refer-unanswered',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.phone(102).react = {};
    const rings = lab.phone(102).nextCall();
    const ordered = referBlind(first, '102');
    await rings;
    await sleep(4000);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101', '102'],
        lastTalkedTo: '101',
        transfers: [{ type: 'blind', from: '101', to: '102', answered: false }],
        talks: [{ who: '101', sec: seconds(first.at.answered, ordered) }],
        note: 'the client hung up while the second phone was ringing; talkSec includes this wait',
      }),
    ];
  },
};

const attended: Scenario = {
  name: 'attended-transfer-sip-replaces',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    await first.hold();
    lab.phone(102).react = { after: 1200 };
    const rings = lab.phone(102).nextCall();
    const consultation = await lab.phone(101).call('102');
    await rings;
    await consultation.until('answered');
    await sleep(2000);
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
        rang: ['101', '102'],
        holds: 1,
        lastTalkedTo: '102',
        transfers: [{ type: 'attended', from: '101', to: '102', answered: true }],
        talks: [
          { who: '101', sec: seconds(first.at.answered, handed) },
          { who: '102', sec: seconds(handed, caller.at.ended) },
        ],
        consultation: { from: '101', to: '102', sec: seconds(consultation.at.answered, handed) },
      }),
    ];
  },
};

const blonde: Scenario = {
  name: 'blonde-transfer-sip-replaces',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    await first.hold();
    lab.phone(102).react = { after: 3500 };
    const rings = lab.phone(102).nextCall();
    const consultation = await lab.phone(101).call('102');
    const second = await rings;
    await consultation.until('ringing');
    await sleep(1500);
    first.refer('102', consultation);
    const handed = Date.now();
    await sleep(500);
    first.hangUp();
    consultation.hangUp();
    await second.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101', '102'],
        holds: 1,
        lastTalkedTo: '102',
        transfers: [{ type: 'attended', from: '101', to: '102', answered: true }],
        talks: [
          { who: '101', sec: seconds(first.at.answered, handed) },
          { who: '102', sec: seconds(second.at.answered, caller.at.ended) },
        ],
        note: 'transferred while the second phone was still ringing',
      }),
    ];
  },
};

export const transferByPhone: readonly Scenario[] = [blind, blindOutside, blindUnanswered, attended, blonde];
