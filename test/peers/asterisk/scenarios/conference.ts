import type { Scenario } from '../lab.ts';
import { callTruth, client, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';

const clientAndTwo: Scenario = {
  name: 'conference-client-and-two-employees',
  run: async (lab) => {
    const caller = await lab.inbound('4951000950');
    await caller.until('answered');
    await sleep(1500);
    const first = await lab.phone(101).call('900');
    await first.until('answered');
    await sleep(1500);
    const second = await lab.phone(102).call('900');
    await second.until('answered');
    await sleep(3000);
    second.hangUp();
    await sleep(1500);
    caller.hangUp();
    await sleep(800);
    first.hangUp();
    return [
      callTruth(caller, {
        called: '4951000950',
        answeredBy: '101',
        rang: [],
        ringSec: 0,
        talkSec: seconds(first.at.answered, caller.at.ended),
        lastTalkedTo: '101',
        talks: [
          { who: '101', sec: seconds(first.at.answered, caller.at.ended) },
          { who: '102', sec: seconds(second.at.answered, second.at.ended) },
        ],
        note: 'the employees dialled into the room: nothing rang; the talk begins when the first of them joined',
      }),
    ];
  },
};

const twoClients: Scenario = {
  name: 'conference-two-clients',
  run: async (lab) => {
    const one = await lab.phone(101).call('900');
    await one.until('answered');
    await sleep(1000);
    const first = await lab.inbound('4951000950');
    await first.until('answered');
    await sleep(1500);
    const second = await lab.inbound('4951000950', { number: '79052223344', name: 'Second Client' });
    await second.until('answered');
    await sleep(2500);
    first.hangUp();
    await sleep(1500);
    second.hangUp();
    await sleep(500);
    one.hangUp();
    const told = (call: typeof first, caller: string): ReturnType<typeof callTruth> =>
      callTruth(call, {
        caller,
        called: '4951000950',
        answeredBy: '101',
        rang: [],
        ringSec: 0,
        lastTalkedTo: '101',
        talks: [{ who: '101', sec: seconds(call.at.answered, call.at.ended) }],
        note: 'two clients in one room: what the phones saw is two talks with 101 that overlap; whether they are one contact or two is a rule',
      });
    return [told(first, client), { ...told(second, '79052223344'), callerName: 'Second Client' }];
  },
};

export const conferences: readonly Scenario[] = [clientAndTwo, twoClients];
