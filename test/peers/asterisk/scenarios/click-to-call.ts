import type { Lab, Scenario } from '../lab.ts';
import { type CallTruth, mobile, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';

/** The CRM asks the exchange to ring 101 first and then the client. Nobody waits for the answer: it comes as an event. */
async function order(lab: Lab, timeoutMs = 20_000): Promise<void> {
  await lab.driver.action({
    Action: 'Originate',
    Channel: 'PJSIP/101',
    Context: 'click2call',
    Exten: mobile,
    Priority: '1',
    Async: 'true',
    Timeout: String(timeoutMs),
    CallerID: `"CRM" <${mobile}>`,
    Variable: ['X_TAG=contact-42', '__X_TAG2=inherited'],
  });
}

const placed: CallTruth = {
  direction: 'outbound',
  caller: '101',
  placedBy: '101',
  called: mobile,
  answeredBy: null,
  disposition: 'missed',
  ringSec: 0,
  talkSec: 0,
  tag: 'contact-42',
  transfers: [],
  recording: null,
};

const answered: Scenario = {
  name: 'click-to-call',
  run: async (lab) => {
    lab.phone(101).react = { after: 800 };
    lab.trunk.react = { after: 1500 };
    const far = lab.trunk.nextCall();
    const near = lab.phone(101).nextCall();
    await order(lab);
    const employee = await near;
    const outside = await far;
    await outside.until('answered');
    await sleep(2500);
    employee.hangUp();
    await outside.until('ended');
    const ringSec = seconds(outside.at.ringing, outside.at.answered);
    return [
      {
        ...placed,
        disposition: 'answered',
        answeredBy: mobile,
        ringSec,
        talkSec: seconds(outside.at.answered, outside.at.ended),
        note: "the employee's phone rings first; a naive reader sees an inbound call to 101",
      },
    ];
  },
};

const neverLifts: Scenario = {
  name: 'click-to-call-employee-never-lifts',
  run: async (lab) => {
    lab.phone(101).react = {};
    const near = lab.phone(101).nextCall();
    await order(lab, 4000);
    const employee = await near;
    await employee.until('ended');
    return [
      {
        ...placed,
        employeeRangSec: seconds(employee.at.ringing, employee.at.ended),
        note: 'the client was never called',
      },
    ];
  },
};

const employeeRefuses: Scenario = {
  name: 'click-to-call-employee-refuses',
  run: async (lab) => {
    lab.phone(101).react = { code: 486, reason: 'Busy Here', delay: 300 };
    const near = lab.phone(101).nextCall();
    await order(lab, 4000);
    await near;
    return [
      {
        ...placed,
        disposition: 'failed',
        note: 'the employee was busy and the client was never called: no-answer or failed, no prompt',
      },
    ];
  },
};

const clientBusy: Scenario = {
  name: 'click-to-call-client-busy',
  run: async (lab) => {
    lab.phone(101).react = { after: 800 };
    lab.trunk.react = { code: 486, reason: 'Busy Here', delay: 300 };
    const near = lab.phone(101).nextCall();
    await order(lab);
    const employee = await near;
    await employee.until('ended');
    return [{ ...placed, disposition: 'busy' }];
  },
};

const clientNoAnswer: Scenario = {
  name: 'click-to-call-client-no-answer',
  run: async (lab) => {
    lab.phone(101).react = { after: 800 };
    lab.trunk.react = {};
    const near = lab.phone(101).nextCall();
    const far = lab.trunk.nextCall();
    await order(lab);
    const employee = await near;
    const outside = await far;
    await sleep(3000);
    employee.hangUp();
    await outside.until('ended');
    return [{ ...placed, ringSec: seconds(outside.at.ringing, outside.at.ended) }];
  },
};

export const clickToCall: readonly Scenario[] = [answered, neverLifts, employeeRefuses, clientBusy, clientNoAnswer];
