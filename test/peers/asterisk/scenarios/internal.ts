import type { Scenario } from '../lab.ts';
import { callTruth, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';
import { referBlind } from './transfer-by-phone.ts';

const plain: Scenario = {
  name: 'internal',
  run: async (lab) => {
    lab.phone(102).react = { after: 1000 };
    const call = await lab.phone(101).call('102');
    await call.until('answered');
    await sleep(2000);
    call.hangUp();
    return [callTruth(call, { direction: 'internal', caller: '101', called: '102', answeredBy: '102' })];
  },
};

const busy: Scenario = {
  name: 'internal-busy',
  run: async (lab) => {
    lab.phone(102).react = { code: 486, reason: 'Busy Here', delay: 200 };
    const call = await lab.phone(101).call('102');
    await call.until('ended');
    return [
      callTruth(call, {
        direction: 'internal',
        caller: '101',
        called: '102',
        disposition: 'busy',
        ringSec: 0,
        rang: [],
        busy: ['102'],
      }),
    ];
  },
};

const transferred: Scenario = {
  name: 'internal-then-blind',
  run: async (lab) => {
    lab.phone(102).react = { after: 1000 };
    const rings = lab.phone(102).nextCall();
    const call = await lab.phone(101).call('102');
    const first = await rings;
    await call.until('answered');
    await sleep(1500);
    lab.phone(103).react = { after: 1200 };
    const rings2 = lab.phone(103).nextCall();
    const ordered = referBlind(first, '103');
    const second = await rings2;
    await second.until('answered');
    await sleep(2000);
    call.hangUp();
    return [
      callTruth(call, {
        direction: 'internal',
        caller: '101',
        called: '102',
        answeredBy: '102',
        rang: ['102', '103'],
        lastTalkedTo: '103',
        transfers: [{ type: 'blind', from: '102', to: '103', answered: true }],
        firstTalk: { who: '102', sec: seconds(first.at.answered, ordered) },
        secondTalk: { who: '103', sec: seconds(second.at.answered, call.at.ended) },
      }),
    ];
  },
};

export const internal: readonly Scenario[] = [plain, busy, transferred];
