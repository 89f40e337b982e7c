import type { Lab, Scenario } from '../lab.ts';
import type { SipCall } from '../sip-call.ts';
import { callTruth, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';
import { talking } from './transfer-by-phone.ts';

/** Two calls the exchange will take down with itself: one talks to 101, one rings at 102. */
async function twoOpen(lab: Lab): Promise<{ talks: SipCall; rings: SipCall }> {
  const { caller } = await talking(lab, 1000, '4951000101');
  lab.phone(102).react = {};
  const arrives = lab.phone(102).nextCall();
  const rings = await lab.inbound('4951001102', { number: '79052223344', name: 'Second Client' });
  await arrives;
  await sleep(1500);
  return { talks: caller, rings };
}

/** What the two calls were when the exchange went away. The phones learn of it late or never, so the scenario's clock counts. */
function cutOff(open: { talks: SipCall; rings: SipCall }, at: number, remarks: object): ReturnType<typeof callTruth>[] {
  return [
    callTruth(open.talks, {
      called: '4951000101',
      answeredBy: '101',
      rang: ['101'],
      disposition: 'interrupted',
      talkSec: seconds(open.talks.at.answered, at),
      ...remarks,
    }),
    callTruth(open.rings, {
      caller: '79052223344',
      callerName: 'Second Client',
      called: '4951001102',
      rang: ['102'],
      disposition: 'interrupted',
      ringSec: seconds(open.rings.at.calling, at),
      talkSec: 0,
      ...remarks,
    }),
  ];
}

function forget(lab: Lab): void {
  for (const phone of [lab.trunk, ...[101, 102].map((number) => lab.phone(number))])
    for (const call of phone.calls.values()) call.end('the exchange is gone');
}

const restart: Scenario = {
  name: 'restart-with-two-calls-open',
  run: async (lab) => {
    const open = await twoOpen(lab);
    const at = Date.now();
    void lab.driver.action({ Action: 'Command', Command: 'core restart now' });
    await lab.recorder.untilClosed();
    await sleep(500);
    const channels = await lab.recorder.regain();
    const back = Date.now();
    await lab.reopenDriver();
    await sleep(500);
    forget(lab);
    return cutOff(open, at, { backAfterSec: seconds(at, back), channelsAfterReconnect: channels });
  },
};

const killed: Scenario = {
  name: 'killed-with-two-calls-open',
  run: async (lab) => {
    const open = await twoOpen(lab);
    const at = Date.now();
    await lab.exchange.kill();
    await lab.recorder.untilClosed();
    await lab.exchange.restart();
    const channels = await lab.recorder.regain();
    const back = Date.now();
    await lab.reopenDriver();
    await sleep(500);
    forget(lab);
    return cutOff(open, at, {
      backAfterSec: seconds(at, back),
      channelsAfterReconnect: channels,
      note: 'kill -9: the stream just stops; ring and talk seconds cannot be known from it',
    });
  },
};

const restartMidTalk: Scenario = {
  name: 'asterisk-restart-midcall',
  run: async (lab) => {
    const { caller } = await talking(lab, 1500, '4951000101');
    const at = Date.now();
    void lab.driver.action({ Action: 'Command', Command: 'core restart now' });
    await lab.recorder.untilClosed();
    await sleep(500);
    const channels = await lab.recorder.regain();
    const back = Date.now();
    await lab.reopenDriver();
    await sleep(500);
    forget(lab);
    return [
      callTruth(caller, {
        called: '4951000101',
        answeredBy: '101',
        disposition: 'interrupted',
        talkSec: seconds(caller.at.answered, at),
        backAfterSec: seconds(at, back),
        channelsAfterReconnect: channels,
      }),
    ];
  },
};

export const exchangeGone: readonly Scenario[] = [restartMidTalk, restart, killed];
