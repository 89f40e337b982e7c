import type { Scenario } from '../lab.ts';
import { callTruth, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';

const abroad = '442071234567';

const inbound: Scenario = {
  name: 'iax-inbound',
  run: async (lab) => {
    const provider = await lab.provider();
    lab.phone(101).react = { after: 1500 };
    const caller = await provider.phone.call('994951000101', {
      from: '"Ivan Sidorov" <sip:79031112233@provider.invalid>',
    });
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000101',
        answeredBy: '101',
        callerName: 'Ivan Sidorov',
        rang: ['101'],
        trunk: 'IAX2',
      }),
    ];
  },
};

const inboundMissed: Scenario = {
  name: 'iax-inbound-missed',
  run: async (lab) => {
    const provider = await lab.provider();
    lab.phone(102).react = {};
    const caller = await provider.phone.call('994951000102', { from: '"" <sip:79031112233@provider.invalid>' });
    await caller.until('ended');
    return [callTruth(caller, { called: '4951000102', disposition: 'missed', rang: ['102'], trunk: 'IAX2' })];
  },
};

const outbound: Scenario = {
  name: 'iax-outbound',
  run: async (lab) => {
    const provider = await lab.provider();
    provider.phone.react = { after: 1500 };
    const rings = provider.phone.nextCall();
    const call = await lab.phone(101).call(abroad);
    const far = await rings;
    await call.until('answered');
    await sleep(2500);
    call.hangUp();
    return [
      callTruth(call, {
        direction: 'outbound',
        caller: '101',
        placedBy: '101',
        called: abroad,
        answeredBy: abroad,
        trunk: 'IAX2',
        ringSec: seconds(call.at.calling, far.at.answered),
      }),
    ];
  },
};

const outboundBusy: Scenario = {
  name: 'iax-outbound-busy',
  run: async (lab) => {
    const provider = await lab.provider();
    provider.phone.react = { code: 486, reason: 'Busy Here', delay: 200 };
    const call = await lab.phone(101).call(abroad);
    await call.until('ended');
    return [
      callTruth(call, {
        direction: 'outbound',
        caller: '101',
        placedBy: '101',
        called: abroad,
        disposition: 'busy',
        ringSec: 0,
        trunk: 'IAX2',
        note: 'the provider told busy over IAX2',
      }),
    ];
  },
};

export const iax: readonly Scenario[] = [inbound, inboundMissed, outbound, outboundBusy];
