import type { Lab, Scenario } from '../lab.ts';
import type { SipCall } from '../sip-call.ts';
import { type CallTruth, callTruth, seconds } from '../truth.ts';
import { sleep } from '../wait.ts';
import { referBlind, talking } from './transfer-by-phone.ts';

/** An open conversation and, once it is over, its truth. */
interface Open {
  readonly call: SipCall;
  told(): CallTruth;
}

/** Direct dial-in to one of the phones 105…112. */
async function direct(lab: Lab, index: number, extension: number): Promise<Open> {
  const number = `7903200${String(index).padStart(4, '0')}`;
  const called = `4951001${extension}`;
  const rang = [String(extension)];
  const known = extension === 112 ? { disposition: 'missed' as const, rang } : { answeredBy: String(extension), rang };
  const call = await lab.inbound(called, { number });
  return { call, told: () => callTruth(call, { caller: number, called, ...known }) };
}

async function out(lab: Lab, index: number): Promise<Open> {
  const number = `7916111000${index}`;
  const from = String(105 + index);
  const known = index === 3 ? { disposition: 'missed' as const } : { answeredBy: number };
  const call = await lab.phone(from).call(number);
  return {
    call,
    told: () => callTruth(call, { direction: 'outbound', caller: from, placedBy: from, called: number, ...known }),
  };
}

async function between(lab: Lab, from: string, to: string): Promise<Open> {
  const call = await lab.phone(from).call(to);
  return { call, told: () => callTruth(call, { direction: 'internal', caller: from, called: to, answeredBy: to }) };
}

/** Whom the queue rings for which caller is its own decision, so the phones are asked afterwards. */
async function queued(lab: Lab, index: number): Promise<Open> {
  const number = `790320001${index}0`;
  const call = await lab.inbound('4951000301', { number });
  const legs = (member: string): SipCall[] =>
    [...lab.phone(member).calls.values()].filter((leg) => leg.dialog.remote.includes(number));
  return {
    call,
    told: () => {
      const rang = ['102', '103'].filter((member) => legs(member).some((leg) => leg.at.ringing));
      const first = Math.min(...['102', '103'].flatMap(legs).map((leg) => leg.at.ringing ?? Number.POSITIVE_INFINITY));
      const ringSec = rang.length > 0 ? seconds(first, call.at.ended) : 0;
      return callTruth(call, {
        caller: number,
        called: '4951000301',
        queue: 'localq',
        disposition: 'missed',
        talkSec: 0,
        ringSec,
        rang,
        abandoned: true,
      });
    },
  };
}

async function inMenu(lab: Lab): Promise<Open> {
  const caller = '79032000199';
  const call = await lab.inbound('4951000410', { number: caller });
  return {
    call,
    told: () =>
      callTruth(call, { caller, called: '4951000410', disposition: 'missed', rang: [], ringSec: 0, talkSec: 0 }),
  };
}

async function transferred(lab: Lab): Promise<Open> {
  const { caller: call, first } = await talking(lab, 300);
  lab.phone(104).react = { after: 900 };
  const answers = lab.phone(104).nextCall();
  const ordered = referBlind(first, '104');
  const second = await answers;
  await second.until('answered');
  return {
    call,
    told: () =>
      callTruth(call, {
        called: '4951000900',
        answeredBy: '101',
        rang: ['101', '104'],
        lastTalkedTo: '104',
        transfers: [{ type: 'blind', from: '101', to: '104', answered: true }],
        talks: [
          { who: '101', sec: seconds(first.at.answered, ordered) },
          { who: '104', sec: seconds(second.at.answered, call.at.ended) },
        ],
      }),
  };
}

async function last(lab: Lab): Promise<Open> {
  const caller = '79032000200';
  const call = await lab.inbound('4951000101', { number: caller });
  await call.until('answered');
  return { call, told: () => callTruth(call, { caller, called: '4951000101', answeredBy: '101', rang: ['101'] }) };
}

/** Twenty conversations of all kinds that are open together, started a third of a second apart. */
export const busyOffice: Scenario = {
  name: 'twenty-calls-at-once',
  run: async (lab) => {
    for (let extension = 105; extension <= 111; extension++) lab.phone(extension).react = { after: 900 };
    for (const silent of [102, 103, 112]) lab.phone(silent).react = {};
    lab.trunk.react = (number) => (number === '79161110003' ? {} : { after: 1100 });
    const begin: (() => Promise<Open>)[] = [
      ...[0, 1, 2, 3, 4, 5, 6].map((index) => () => direct(lab, index, 105 + index)),
      ...[7, 8, 9].map((index) => () => direct(lab, index, 112)),
      ...[0, 1, 2, 3].map((index) => () => out(lab, index)),
      () => between(lab, '109', '110'),
      () => between(lab, '110', '111'),
      ...[0, 1].map((index) => () => queued(lab, index)),
      () => inMenu(lab),
      () => transferred(lab),
      () => last(lab),
    ];
    const open: Open[] = [];
    for (const one of begin) {
      open.push(await one());
      await sleep(300);
    }
    const openTogether = open.filter(({ call }) => call.state !== 'ended').length;
    await sleep(1200);
    for (const { call } of open) {
      call.hangUp();
      await sleep(150);
    }
    await sleep(1000);
    return open.map((one) => ({ ...one.told(), openTogether }));
  },
};
