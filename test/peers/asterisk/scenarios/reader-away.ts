import type { Scenario } from '../lab.ts';
import { callTruth, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';
import { referBlind, talking } from './transfer-by-phone.ts';

/** The reader is away for a while; what happens meanwhile differs. */
const droppedRinging: Scenario = {
  name: 'ami-dropped-while-ringing',
  run: async (lab) => {
    lab.phone(101).react = {};
    const arrives = lab.phone(101).nextCall();
    const caller = await lab.inbound('4951000101', { name: 'Ivan Sidorov' });
    const leg = await arrives;
    await sleep(1000);
    lab.recorder.drop();
    await sleep(1500);
    await lab.recorder.regain();
    await sleep(1000);
    leg.answer();
    await caller.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000101',
        callerName: 'Ivan Sidorov',
        answeredBy: '101',
        rang: ['101'],
        awaySec: 1.5,
        note: 'the reader was away during the ringing and back before the answer',
      }),
    ];
  },
};

const droppedOverAnswer: Scenario = {
  name: 'ami-dropped-over-the-answer',
  run: async (lab) => {
    lab.phone(101).react = {};
    const arrives = lab.phone(101).nextCall();
    const caller = await lab.inbound('4951000101', { name: 'Ivan Sidorov' });
    const leg = await arrives;
    await sleep(1000);
    lab.recorder.drop();
    await sleep(800);
    leg.answer();
    await caller.until('answered');
    await sleep(1000);
    await lab.recorder.regain();
    await sleep(2000);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000101',
        callerName: 'Ivan Sidorov',
        answeredBy: '101',
        rang: ['101'],
        awaySec: 1.8,
        note: 'the answer happened while the reader was away: only the snapshot tells it',
      }),
    ];
  },
};

const droppedTalking: Scenario = {
  name: 'ami-dropped-while-talking',
  run: async (lab) => {
    const { caller } = await talking(lab, 1000, '4951000101');
    lab.recorder.drop();
    await sleep(1500);
    await lab.recorder.regain();
    await sleep(2000);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000101',
        answeredBy: '101',
        rang: ['101'],
        awaySec: 1.5,
        note: 'nothing of the call changed while the reader was away',
      }),
    ];
  },
};

const droppedBack: Scenario = {
  name: 'ami-dropped-back-during-call',
  run: async (lab) => {
    const { caller } = await talking(lab, 1000, '4951000101');
    lab.recorder.drop();
    await sleep(1500);
    await lab.recorder.regain('Status', 'BridgeList');
    await sleep(1500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000101',
        answeredBy: '101',
        note: 'nothing of the call changed while the reader was away; back again, it asks for Status and BridgeList, too',
      }),
    ];
  },
};

const droppedOverEnd: Scenario = {
  name: 'ami-dropped-over-the-end',
  run: async (lab) => {
    const { caller } = await talking(lab, 2000, '4951000101');
    lab.recorder.drop();
    await sleep(800);
    caller.hangUp();
    await sleep(1500);
    await lab.recorder.regain();
    return [
      callTruth(caller, {
        called: '4951000101',
        answeredBy: '101',
        rang: ['101'],
        disposition: 'interrupted',
        reallyDisposition: 'answered',
        note: 'the call ended while the reader was away: from the stream alone it is interrupted, its CDR row says answered',
      }),
    ];
  },
};

const droppedOverGiveUp: Scenario = {
  name: 'ami-dropped-over-the-give-up',
  run: async (lab) => {
    lab.phone(101).react = {};
    const arrives = lab.phone(101).nextCall();
    const caller = await lab.inbound('4951000101', { name: 'Ivan Sidorov' });
    await arrives;
    await sleep(1500);
    lab.recorder.drop();
    await sleep(800);
    caller.hangUp();
    await sleep(1500);
    await lab.recorder.regain();
    return [
      callTruth(caller, {
        called: '4951000101',
        callerName: 'Ivan Sidorov',
        rang: ['101'],
        disposition: 'interrupted',
        reallyDisposition: 'missed',
        note: 'the caller gave up while the reader was away: from the stream alone it is interrupted, its CDR row says no answer',
      }),
    ];
  },
};

const droppedNewCall: Scenario = {
  name: 'ami-dropped-call-begins-while-away',
  run: async (lab) => {
    lab.recorder.drop();
    await sleep(300);
    const { caller } = await talking(lab, 1500, '4951000101');
    await lab.recorder.regain();
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000101',
        answeredBy: '101',
        note: 'the reader saw neither the ringing nor the answer, only the talk: seconds before it came back are in the snapshot and the CDR row',
      }),
    ];
  },
};

const droppedOverTransfer: Scenario = {
  name: 'ami-dropped-over-a-transfer',
  run: async (lab) => {
    const { caller, first } = await talking(lab);
    lab.recorder.drop();
    await sleep(300);
    lab.phone(102).react = { after: 1000 };
    const rings = lab.phone(102).nextCall();
    const ordered = referBlind(first, '102');
    const second = await rings;
    await second.until('answered');
    await sleep(1000);
    await lab.recorder.regain();
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000900',
        answeredBy: '101',
        lastTalkedTo: '102',
        reallyTransferred: [{ type: 'blind', from: '101', to: '102', answered: true }],
        reallyTalked: [
          { who: '101', sec: seconds(first.at.answered, ordered) },
          { who: '102', sec: seconds(second.at.answered, caller.at.ended) },
        ],
        note: 'ordered and answered while the reader was away: the stream alone does not tell how 102 got the client',
      }),
    ];
  },
};

export const readerAway: readonly Scenario[] = [
  droppedRinging,
  droppedOverAnswer,
  droppedTalking,
  droppedBack,
  droppedOverEnd,
  droppedOverGiveUp,
  droppedNewCall,
  droppedOverTransfer,
];
