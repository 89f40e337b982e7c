import type { Lab, Scenario } from '../lab.ts';
import type { SipCall } from '../sip-call.ts';
import { callTruth, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';

/** A client talks to 101 on a line where feature codes work. */
async function talking(lab: Lab, did = '4951000900'): Promise<{ caller: SipCall; first: SipCall }> {
  lab.phone(101).react = { after: 1000 };
  const rings = lab.phone(101).nextCall();
  const caller = await lab.inbound(did);
  const first = await rings;
  await caller.until('answered');
  await sleep(1500);
  return { caller, first };
}

/** Code, then the number while "transfer" is being said. */
async function dial(call: SipCall, code: string, number: string): Promise<number> {
  await call.press(code);
  await sleep(900);
  await call.press(number);
  return Date.now();
}

const attended: Scenario = {
  name: 'attended-transfer-by-code',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.phone(102).react = { after: 1200 };
    const rings = lab.phone(102).nextCall();
    await dial(first, '*2', '102');
    const second = await rings;
    await second.until('answered');
    await sleep(2000);
    first.hangUp();
    await sleep(2500);
    caller.hangUp();
    const handed = first.at.ended;
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101', '102'],
        lastTalkedTo: '102',
        transfers: [{ type: 'attended', from: '101', to: '102', answered: true }],
        talks: [
          { who: '101', sec: seconds(first.at.answered, handed) },
          { who: '102', sec: seconds(handed, caller.at.ended) },
        ],
        consultation: { from: '101', to: '102', sec: seconds(second.at.answered, handed) },
      }),
    ];
  },
};

const consultationOnly: Scenario = {
  name: 'attended-by-code-colleague-declines',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.phone(102).react = { after: 1000 };
    const rings = lab.phone(102).nextCall();
    await dial(first, '*2', '102');
    const second = await rings;
    await second.until('answered');
    await sleep(1500);
    second.hangUp();
    await sleep(3000);
    caller.hangUp();
    await first.until('ended');
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101', '102'],
        lastTalkedTo: '101',
        talks: [{ who: '101', sec: seconds(first.at.answered, caller.at.ended) }],
        consultation: { from: '101', to: '102', sec: seconds(second.at.answered, second.at.ended) },
        note: 'the colleague hung up during the consultation, the client never heard him: no transfer, 102 did not talk with the client',
      }),
    ];
  },
};

const blonde: Scenario = {
  name: 'blonde-transfer-by-code',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.phone(102).react = { after: 3500 };
    const rings = lab.phone(102).nextCall();
    await dial(first, '*2', '102');
    const second = await rings;
    await sleep(1500);
    first.hangUp();
    await second.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101', '102'],
        lastTalkedTo: '102',
        transfers: [{ type: 'attended', from: '101', to: '102', answered: true }],
        talks: [
          { who: '101', sec: seconds(first.at.answered, first.at.ended) },
          { who: '102', sec: seconds(second.at.answered, caller.at.ended) },
        ],
        note: 'the first employee hung up while the second phone was ringing',
      }),
    ];
  },
};

const blind: Scenario = {
  name: 'blind-transfer-by-code',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.phone(102).react = { after: 1500 };
    const rings = lab.phone(102).nextCall();
    const ordered = await dial(first, '##', '102');
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

const blindBusy: Scenario = {
  name: 'blind-transfer-by-code-busy',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.phone(102).react = { code: 486, reason: 'Busy Here', delay: 200 };
    const ordered = await dial(first, '##', '102');
    await caller.until('ended');
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101'],
        busy: ['102'],
        lastTalkedTo: '101',
        transfers: [{ type: 'blind', from: '101', to: '102', answered: false }],
        talks: [{ who: '101', sec: seconds(first.at.answered, ordered) }],
        note: 'the second phone was busy and the exchange hung up on the client',
      }),
    ];
  },
};

const blindBack: Scenario = {
  name: 'blind-transfer-by-code-unanswered-back',
  run: async (lab) => {
    const { caller, first } = await talking(lab, '4951000901');
    lab.phone(102).react = {};
    lab.phone(101).react = { after: 1000 };
    const back = lab.phone(101).nextCall();
    const ordered = await dial(first, '##', '102');
    const again = await back;
    await again.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000901',
        answeredBy: '101',
        rang: ['101', '102'],
        lastTalkedTo: '101',
        transfers: [{ type: 'blind', from: '101', to: '102', answered: false }],
        talks: [
          {
            who: '101',
            sec:
              Math.round((seconds(first.at.answered, ordered) + seconds(again.at.answered, caller.at.ended)) * 10) / 10,
          },
        ],
        note: 'the second phone rang 4 s in vain, then the dialplan gave the client back to the first employee',
      }),
    ];
  },
};

const blondeRecall: Scenario = {
  name: 'blonde-transfer-by-code-recall',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.phone(102).react = {};
    lab.phone(101).react = { after: 1000 };
    const rings = lab.phone(102).nextCall();
    await dial(first, '*2', '102');
    const second = await rings;
    await sleep(1500);
    const back = lab.phone(101).nextCall();
    first.hangUp();
    const again = await back;
    await again.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101', '102'],
        lastTalkedTo: '101',
        transfers: [{ type: 'attended', from: '101', to: '102', answered: false }],
        talks: [
          {
            who: '101',
            sec:
              Math.round(
                (seconds(first.at.answered, first.at.ended) + seconds(again.at.answered, caller.at.ended)) * 10,
              ) / 10,
          },
        ],
        secondPhoneRangSec: seconds(second.at.ringing, second.at.ended),
        note: 'the colleague did not answer, so the exchange called the first employee back and joined him with the client again',
      }),
    ];
  },
};

export const transferByCode: readonly Scenario[] = [
  attended,
  blonde,
  blind,
  blindBusy,
  blindBack,
  blondeRecall,
  consultationOnly,
];
