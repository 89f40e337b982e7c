import type { Scenario } from '../lab.ts';
import { callTruth, client, mobile } from '../truth.ts';
import { sleep } from '../wait.ts';

const answered: Scenario = {
  name: 'inbound-answered',
  run: async (lab) => {
    lab.phone(101).react = { after: 1500 };
    const caller = await lab.inbound('4951000101', { name: 'Ivan Sidorov' });
    await caller.until('answered');
    await sleep(3000);
    caller.hangUp();
    return [
      callTruth(caller, { called: '4951000101', answeredBy: '101', callerName: 'Ivan Sidorov', endedBy: 'caller' }),
    ];
  },
};

const employeeHangsUp: Scenario = {
  name: 'inbound-answered-agent-hangs-up',
  run: async (lab) => {
    lab.phone(101).react = { after: 1000 };
    const rings = lab.phone(101).nextCall();
    const caller = await lab.inbound('4951000101');
    const leg = await rings;
    await caller.until('answered');
    await sleep(2000);
    leg.hangUp();
    await caller.until('ended');
    return [callTruth(caller, { called: '4951000101', answeredBy: '101', endedBy: 'employee' })];
  },
};

const missed: Scenario = {
  name: 'inbound-missed',
  run: async (lab) => {
    lab.phone(102).react = {};
    const caller = await lab.inbound('4951000102');
    await caller.until('ended');
    return [
      callTruth(caller, {
        called: '4951000102',
        disposition: 'missed',
        rang: ['102'],
        sipToCaller: caller.code,
        endedBy: 'timeout',
      }),
    ];
  },
};

const busy: Scenario = {
  name: 'inbound-busy',
  run: async (lab) => {
    lab.phone(101).react = { code: 486, reason: 'Busy Here', delay: 200 };
    const caller = await lab.inbound('4951000101');
    await caller.until('ended');
    return [
      callTruth(caller, { called: '4951000101', disposition: 'busy', rang: [], ringSec: 0, sipToCaller: caller.code }),
    ];
  },
};

const unreachable: Scenario = {
  name: 'inbound-phone-unreachable',
  run: async (lab) => {
    lab.phone(101).react = { code: 480, reason: 'Temporarily Unavailable' };
    const caller = await lab.inbound('4951000101');
    await caller.until('ended');
    return [
      callTruth(caller, {
        called: '4951000101',
        disposition: 'missed',
        rang: [],
        ringSec: 0,
        sipToCaller: caller.code,
        note: 'the phone answered 480 Temporarily Unavailable',
      }),
    ];
  },
};

const callerGivesUp: Scenario = {
  name: 'inbound-caller-hangs-up-ringing',
  run: async (lab) => {
    lab.phone(101).react = {};
    const rings = lab.phone(101).nextCall();
    const caller = await lab.inbound('4951000101');
    await rings;
    await sleep(2500);
    caller.hangUp();
    await caller.until('ended');
    return [callTruth(caller, { called: '4951000101', disposition: 'missed', rang: ['101'], endedBy: 'caller' })];
  },
};

const unknownNumber: Scenario = {
  name: 'inbound-unknown-number-dialled',
  run: async (lab) => {
    const caller = await lab.inbound('4951009999');
    await caller.until('ended');
    return [
      callTruth(caller, {
        called: '4951009999',
        disposition: 'failed',
        ringSec: 0,
        sipToCaller: caller.code,
        note: 'no such number: nothing of it reaches the manager interface',
      }),
    ];
  },
};

const group: Scenario = {
  name: 'ring-group',
  run: async (lab) => {
    lab.phone(101).react = {};
    lab.phone(102).react = { after: 1800 };
    lab.phone(103).react = { code: 486, reason: 'Busy Here' };
    const caller = await lab.inbound('4951000200');
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [callTruth(caller, { called: '4951000200', answeredBy: '102', rang: ['101', '102'], busy: ['103'] })];
  },
};

const toMobile: Scenario = {
  name: 'forwarded-by-dialplan-to-mobile',
  run: async (lab) => {
    lab.trunk.react = { after: 1500 };
    const caller = await lab.inbound('4951000800');
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000800',
        answeredBy: mobile,
        forwardedTo: mobile,
        note: 'two channels of the same trunk; still one inbound call',
      }),
    ];
  },
};

const out = { direction: 'outbound', caller: '101', placedBy: '101', called: mobile } as const;

const outboundAnswered: Scenario = {
  name: 'outbound-answered',
  run: async (lab) => {
    lab.trunk.react = { after: 1500 };
    const call = await lab.phone(101).call(mobile);
    await call.until('answered');
    await sleep(3000);
    call.hangUp();
    return [callTruth(call, { ...out, shownNumber: '4951000101', answeredBy: mobile })];
  },
};

const outboundNoAnswer: Scenario = {
  name: 'outbound-not-answered',
  run: async (lab) => {
    lab.trunk.react = {};
    const rings = lab.trunk.nextCall();
    const call = await lab.phone(101).call(mobile);
    await rings;
    await sleep(2500);
    call.hangUp();
    await call.until('ended');
    return [callTruth(call, { ...out, disposition: 'missed' })];
  },
};

const outboundBusy: Scenario = {
  name: 'outbound-busy',
  run: async (lab) => {
    lab.trunk.react = { code: 486, reason: 'Busy Here' };
    const call = await lab.phone(101).call(mobile);
    await call.until('ended');
    return [callTruth(call, { ...out, disposition: 'busy', ringSec: 0, sipToCaller: call.code })];
  },
};

/** An answered call whose caller shows himself in a certain way. */
export function answeredFrom(
  name: string,
  from: Parameters<Parameters<Scenario['run']>[0]['inbound']>[1],
  known: object,
): Scenario {
  return {
    name,
    run: async (lab) => {
      lab.phone(101).react = { after: 1000 };
      const caller = await lab.inbound('4951000101', from);
      await caller.until('answered');
      await sleep(1500);
      caller.hangUp();
      return [callTruth(caller, { caller: client, called: '4951000101', answeredBy: '101', ...known })];
    },
  };
}

export const basic: readonly Scenario[] = [
  answered,
  employeeHangsUp,
  missed,
  busy,
  unreachable,
  callerGivesUp,
  unknownNumber,
  group,
  toMobile,
  outboundAnswered,
  outboundNoAnswer,
  outboundBusy,
];
