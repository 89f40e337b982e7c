import type { Lab, Scenario } from '../lab.ts';
import { callTruth, mobile, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';

/** What a phone answers that is forwarded to another number. */
function moved(lab: Lab, to: string): { code: number; reason: string; contact: string } {
  return {
    code: 302,
    reason: 'Moved Temporarily',
    contact: `sip:${to}@${lab.exchange.address}:${lab.exchange.sipPort}`,
  };
}

const toColleague: Scenario = {
  name: 'forward-302-to-colleague',
  run: async (lab) => {
    lab.phone(101).react = moved(lab, '102');
    lab.phone(102).react = { after: 1500 };
    const caller = await lab.inbound('4951000101');
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000101',
        answeredBy: '102',
        rang: ['102'],
        lastTalkedTo: '102',
        transfers: [{ type: 'forward', from: '101', to: '102', answered: true }],
        talks: [{ who: '102', sec: seconds(caller.at.answered, caller.at.ended) }],
      }),
    ];
  },
};

const toMobile: Scenario = {
  name: 'forward-302-to-outside-mobile',
  run: async (lab) => {
    lab.phone(101).react = moved(lab, mobile);
    lab.trunk.react = { after: 1500 };
    const caller = await lab.inbound('4951000101');
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000101',
        answeredBy: mobile,
        rang: [],
        lastTalkedTo: mobile,
        transfers: [{ type: 'forward', from: '101', to: mobile, answered: true }],
        talks: [{ who: mobile, sec: seconds(caller.at.answered, caller.at.ended) }],
        note: 'two channels of the same trunk in one inbound call; the outside phone is not counted in rang',
      }),
    ];
  },
};

const toColleagueUnanswered: Scenario = {
  name: 'forward-302-unanswered',
  run: async (lab) => {
    lab.phone(101).react = moved(lab, '102');
    lab.phone(102).react = {};
    const rings = lab.phone(102).nextCall();
    const caller = await lab.inbound('4951000101');
    await rings;
    await sleep(3000);
    caller.hangUp();
    await caller.until('ended');
    return [
      callTruth(caller, {
        called: '4951000101',
        disposition: 'missed',
        rang: ['102'],
        transfers: [{ type: 'forward', from: '101', to: '102', answered: false }],
      }),
    ];
  },
};

const followMeDesk: Scenario = {
  name: 'follow-me-answered-at-the-desk',
  run: async (lab) => {
    lab.phone(101).react = { after: 2000 };
    lab.trunk.react = {};
    const caller = await lab.inbound('4951000801');
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000801',
        answeredBy: '101',
        rang: ['101'],
        lastTalkedTo: '101',
        outsideRang: [mobile],
        talks: [{ who: '101', sec: seconds(caller.at.answered, caller.at.ended) }],
      }),
    ];
  },
};

const followMeMobile: Scenario = {
  name: 'follow-me-answered-on-the-mobile',
  run: async (lab) => {
    lab.phone(101).react = {};
    lab.trunk.react = { after: 2500 };
    const caller = await lab.inbound('4951000801');
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000801',
        answeredBy: mobile,
        rang: ['101'],
        lastTalkedTo: mobile,
        outsideRang: [mobile],
        talks: [{ who: mobile, sec: seconds(caller.at.answered, caller.at.ended) }],
      }),
    ];
  },
};

const forwardChain: Scenario = {
  name: 'forward-302-chain',
  run: async (lab) => {
    lab.phone(101).react = moved(lab, '102');
    lab.phone(102).react = moved(lab, '103');
    lab.phone(103).react = { after: 1500 };
    const caller = await lab.inbound('4951000101');
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000101',
        answeredBy: '103',
        rang: ['103'],
        lastTalkedTo: '103',
        transfers: [
          { type: 'forward', from: '101', to: '102', answered: false },
          { type: 'forward', from: '102', to: '103', answered: true },
        ],
        talks: [{ who: '103', sec: seconds(caller.at.answered, caller.at.ended) }],
        note: 'two phones forwarded one after the other; whether the first forward counts as answered is a rule',
      }),
    ];
  },
};

const groupForwards: Scenario = {
  name: 'ring-group-one-phone-forwards',
  run: async (lab) => {
    lab.phone(101).react = {};
    lab.phone(102).react = moved(lab, mobile);
    lab.phone(103).react = {};
    lab.trunk.react = { after: 2000 };
    const caller = await lab.inbound('4951000200');
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000200',
        answeredBy: mobile,
        rang: ['101', '103'],
        lastTalkedTo: mobile,
        transfers: [{ type: 'forward', from: '102', to: mobile, answered: true }],
        talks: [{ who: mobile, sec: seconds(caller.at.answered, caller.at.ended) }],
      }),
    ];
  },
};

export const forwards: readonly Scenario[] = [
  toColleague,
  toMobile,
  toColleagueUnanswered,
  forwardChain,
  groupForwards,
  followMeDesk,
  followMeMobile,
];
