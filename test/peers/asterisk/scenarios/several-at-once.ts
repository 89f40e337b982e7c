import type { Scenario } from '../lab.ts';
import type { SipCall } from '../sip-call.ts';
import { callTruth, mobile, seconds, type TalkTruth } from '../truth.ts';
import { sleep } from '../wait.ts';
import { talking } from './transfer-by-phone.ts';

const holdTwice: Scenario = {
  name: 'hold-twice',
  run: async (lab) => {
    const { caller, first } = await talking(lab, 1000, '4951000101');
    let holdSec = 0;
    for (const pause of [1500, 1000]) {
      await first.hold(true);
      await sleep(pause);
      await first.hold(false);
      holdSec += pause / 1000;
      await sleep(1000);
    }
    caller.hangUp();
    return [callTruth(caller, { called: '4951000101', answeredBy: '101', holds: 2, holdSec })];
  },
};

const hold: Scenario = {
  name: 'hold',
  run: async (lab) => {
    const { caller, first } = await talking(lab, 1000, '4951000101');
    await first.hold(true);
    await sleep(2500);
    await first.hold(false);
    await sleep(1000);
    caller.hangUp();
    return [callTruth(caller, { called: '4951000101', answeredBy: '101', holds: 1, holdSec: 2.5 })];
  },
};

const callWaiting: Scenario = {
  name: 'call-waiting',
  run: async (lab) => {
    const { caller, first } = await talking(lab, 1500, '4951000101');
    lab.phone(101).react = {};
    const knocks = lab.phone(101).nextCall();
    const other = await lab.inbound('4951000101', { number: '79052223344', name: 'Second Client' });
    const waiting = await knocks;
    await sleep(1500);
    await first.hold(true);
    waiting.answer();
    await other.until('answered');
    await sleep(2500);
    other.hangUp();
    await sleep(500);
    await first.hold(false);
    await sleep(1500);
    caller.hangUp();
    const talk = (call: SipCall): TalkTruth[] => [{ who: '101', sec: seconds(call.at.answered, call.at.ended) }];
    return [
      callTruth(caller, { called: '4951000101', answeredBy: '101', rang: ['101'], holds: 1, talks: talk(caller) }),
      callTruth(other, {
        caller: '79052223344',
        callerName: 'Second Client',
        called: '4951000101',
        answeredBy: '101',
        rang: ['101'],
        talks: talk(other),
      }),
    ];
  },
};

const crowd: Scenario = {
  name: 'same-client-calls-twice-at-once',
  run: async (lab) => {
    lab.phone(101).react = { after: 1000 };
    lab.phone(105).react = {};
    const answered = await lab.inbound('4951000101');
    await answered.until('answered');
    const second = await lab.inbound('4951001105');
    await sleep(2500);
    second.hangUp();
    await second.until('ended');
    await sleep(1000);
    answered.hangUp();
    return [
      callTruth(answered, { called: '4951000101', answeredBy: '101', rang: ['101'] }),
      callTruth(second, { called: '4951001105', disposition: 'missed', rang: ['105'] }),
    ];
  },
};

const missedThenBack: Scenario = {
  name: 'missed-then-called-back',
  run: async (lab) => {
    lab.phone(101).react = {};
    const rings = lab.phone(101).nextCall();
    const caller = await lab.inbound('4951000101', { number: mobile });
    await rings;
    await sleep(2000);
    caller.hangUp();
    await caller.until('ended');
    await sleep(1500);
    lab.trunk.react = { after: 1000 };
    const back = await lab.phone(102).call(mobile);
    await back.until('answered');
    await sleep(2000);
    back.hangUp();
    return [
      callTruth(caller, { caller: mobile, called: '4951000101', disposition: 'missed', rang: ['101'] }),
      callTruth(back, { direction: 'outbound', caller: '102', placedBy: '102', called: mobile, answeredBy: mobile }),
    ];
  },
};

export const severalAtOnce: readonly Scenario[] = [hold, holdTwice, callWaiting, crowd, missedThenBack];
