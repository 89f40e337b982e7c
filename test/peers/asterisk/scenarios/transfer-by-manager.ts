import type { Scenario } from '../lab.ts';
import { callTruth, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';
import { talking } from './transfer-by-phone.ts';

const redirect: Scenario = {
  name: 'manager-redirect',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.phone(102).react = { after: 1200 };
    const rings = lab.phone(102).nextCall();
    const ordered = Date.now();
    await lab.driver.action({
      Action: 'Redirect',
      Channel: await lab.channel('PJSIP/trunk'),
      Context: 'from-internal',
      Exten: '102',
      Priority: '1',
    });
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
        note: 'a program redirected the client; a redirect by the manager counts as blind',
      }),
    ];
  },
};

const attended: Scenario = {
  name: 'manager-attended-transfer',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.phone(102).react = { after: 1200 };
    const rings = lab.phone(102).nextCall();
    await lab.driver.action({
      Action: 'Atxfer',
      Channel: await lab.channel('PJSIP/101'),
      Context: 'from-internal',
      Exten: '102',
    });
    const second = await rings;
    await second.until('answered');
    await sleep(2000);
    first.hangUp();
    const handed = first.at.ended;
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
          { who: '101', sec: seconds(first.at.answered, handed) },
          { who: '102', sec: seconds(handed, caller.at.ended) },
        ],
      }),
    ];
  },
};

const blind: Scenario = {
  name: 'manager-blind-transfer',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.phone(102).react = { after: 1200 };
    const rings = lab.phone(102).nextCall();
    const ordered = Date.now();
    await lab.driver.action({
      Action: 'BlindTransfer',
      Channel: await lab.channel('PJSIP/101'),
      Context: 'from-internal',
      Exten: '102',
    });
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

export const transferByManager: readonly Scenario[] = [redirect, attended, blind];
