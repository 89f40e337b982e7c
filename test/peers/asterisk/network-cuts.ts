import type { Scenario } from './lab.ts';
import { talking } from './scenarios/transfer-by-phone.ts';
import { callTruth } from './truth.ts';
import { sleep } from './wait.ts';

interface Network {
  /** Gone at once, back after so long. */
  cut(forMs: number): void;
}

/** The network between exchange and connector goes away in mid-call; the call itself goes on. */
export function cuts(network: Network): Scenario[] {
  return [
    {
      name: 'network-cut-while-talking',
      run: async (lab) => {
        const { caller } = await talking(lab, 1000, '4951000101');
        network.cut(800);
        await sleep(3500);
        caller.hangUp();
        return [callTruth(caller, { called: '4951000101', answeredBy: '101', rang: ['101'] })];
      },
    },
    {
      name: 'network-cut-over-the-answer',
      run: async (lab) => {
        lab.phone(101).react = {};
        const arrives = lab.phone(101).nextCall();
        const caller = await lab.inbound('4951000101', { name: 'Ivan Sidorov' });
        const leg = await arrives;
        await sleep(1000);
        network.cut(300);
        await sleep(100);
        leg.answer();
        await caller.until('answered');
        await sleep(3000);
        caller.hangUp();
        return [
          callTruth(caller, { called: '4951000101', callerName: 'Ivan Sidorov', answeredBy: '101', rang: ['101'] }),
        ];
      },
    },
  ];
}
