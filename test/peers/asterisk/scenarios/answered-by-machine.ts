import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faxPage } from '../fax-page.ts';
import type { Scenario } from '../lab.ts';
import { callTruth, client, seconds } from '../truth.ts';
import { sleep, within } from '../wait.ts';

const ivrThenExtension: Scenario = {
  name: 'ivr-then-extension',
  run: async (lab) => {
    lab.phone(102).react = { after: 1500 };
    const rings = lab.phone(102).nextCall();
    const caller = await lab.inbound('4951000400');
    await caller.until('answered');
    await sleep(1500);
    await caller.press('102');
    const leg = await rings;
    await leg.until('answered');
    await sleep(2500);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000400',
        ivr: ['102'],
        answeredBy: '102',
        rang: ['102'],
        ringSec: seconds(leg.at.ringing, leg.at.answered),
        talkSec: seconds(leg.at.answered, caller.at.ended),
      }),
    ];
  },
};

const ivrThenBusy: Scenario = {
  name: 'ivr-then-busy-extension',
  run: async (lab) => {
    lab.phone(102).react = { code: 486, reason: 'Busy Here', delay: 200 };
    const caller = await lab.inbound('4951000400');
    await caller.until('answered');
    await sleep(1500);
    await caller.press('102');
    await caller.until('ended');
    return [
      callTruth(caller, {
        called: '4951000400',
        ivr: ['102'],
        disposition: 'busy',
        rang: [],
        busy: ['102'],
        ringSec: 0,
        talkSec: 0,
      }),
    ];
  },
};

const ivrGiveUp: Scenario = {
  name: 'ivr-long-give-up',
  run: async (lab) => {
    const caller = await lab.inbound('4951000410');
    await caller.until('answered');
    await sleep(14_000);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000410',
        disposition: 'missed',
        rang: [],
        ringSec: 0,
        talkSec: 0,
        menuSec: seconds(caller.at.answered, caller.at.ended),
        note: 'nobody ever rang',
      }),
    ];
  },
};

const voicemail: Scenario = {
  name: 'voicemail-left',
  run: async (lab) => {
    lab.phone(101).react = {};
    const rings = lab.phone(101).nextCall();
    const caller = await lab.inbound('4951000500');
    const leg = await rings;
    await caller.until('answered');
    await sleep(19_000);
    caller.hangUp();
    await sleep(500);
    return [
      callTruth(caller, {
        called: '4951000500',
        disposition: 'voicemail',
        rang: ['101'],
        talkSec: 0,
        voicemail: { mailbox: '101@default' },
        ringSec: seconds(leg.at.ringing, leg.at.ended),
      }),
    ];
  },
};

const queueThenVoicemail: Scenario = {
  name: 'queue-timeout-then-voicemail',
  run: async (lab) => {
    for (const member of [101, 102, 103]) lab.phone(member).react = {};
    const caller = await lab.inbound('4951000302');
    await caller.until('answered');
    await sleep(24_000);
    caller.hangUp();
    return [
      callTruth(caller, {
        called: '4951000302',
        queue: 'sales',
        disposition: 'voicemail',
        rang: ['101', '102', '103'],
        talkSec: 0,
        voicemail: { mailbox: '101@default' },
      }),
    ];
  },
};

const recorded: Scenario = {
  name: 'recorded',
  run: async (lab) => {
    lab.phone(101).react = { after: 1000 };
    const caller = await lab.inbound('4951000600');
    await caller.until('answered');
    await sleep(3000);
    caller.hangUp();
    await sleep(500);
    const recording = readdirSync(join(lab.exchange.folder, 'spool/monitor')).sort().at(-1) ?? null;
    return [callTruth(caller, { called: '4951000600', answeredBy: '101', recording })];
  },
};

const faxByProvider: Scenario = {
  name: 'fax-received-from-provider',
  run: async (lab) => {
    const provider = await lab.provider();
    const page = join(lab.exchange.folder, 'page.tif');
    writeFileSync(page, faxPage());
    const inbox = join(lab.exchange.folder, 'spool/fax');
    const before = readdirSync(inbox).length;
    const received = lab.driver.nextEvent((event) => event['Event'] === 'ReceiveFAX');
    const gone = lab.driver.nextEvent(
      (event) => event['Event'] === 'Hangup' && (event['Channel'] ?? '').startsWith('PJSIP/provider'),
    );
    const start = Date.now();
    await provider.driver.action({
      Action: 'Originate',
      Channel: 'PJSIP/4951000700@provider',
      Context: 'fax-out',
      Exten: 's',
      Priority: '1',
      Async: 'true',
      CallerID: `"Fax Sender" <${client}>`,
      Variable: [`FAXSRC=${page}`, 'FAXOPT(ecm)=yes'],
    });
    const fax = await within(90_000, 'the fax', received);
    await within(20_000, 'the end of the fax', gone);
    const files = readdirSync(inbox).sort();
    return [
      {
        direction: 'inbound',
        kind: 'fax',
        caller: client,
        callerName: 'Fax Sender',
        called: '4951000700',
        disposition: 'fax',
        ringSec: 0,
        talkSec: seconds(start, Date.now()),
        answeredBy: null,
        fax: { file: files.length > before ? files.at(-1) : null, pages: Number(fax['PagesTransferred'] ?? 0) },
        transfers: [],
        recording: null,
      },
    ];
  },
};

const faxLoop: Scenario = {
  name: 'fax-received-t38-loop',
  run: async (lab) => {
    const page = join(lab.exchange.folder, 'page.tif');
    writeFileSync(page, faxPage());
    const received = lab.driver.nextEvent((event) => event['Event'] === 'ReceiveFAX');
    const gone = lab.driver.nextEvent(
      (event) =>
        event['Event'] === 'Hangup' &&
        (event['Channel'] ?? '').startsWith('PJSIP/loop') &&
        event['Context'] === 'from-trunk',
    );
    const start = Date.now();
    await lab.driver.action({
      Action: 'Originate',
      Channel: 'PJSIP/4951000700@loop',
      Context: 'fax-out',
      Exten: 's',
      Priority: '1',
      Async: 'true',
      CallerID: `"Fax Sender" <${client}>`,
      Variable: [`FAXSRC=${page}`, 'FAXOPT(ecm)=yes'],
    });
    const fax = await within(90_000, 'the fax', received);
    await within(20_000, 'the end of the fax', gone);
    const file = readdirSync(join(lab.exchange.folder, 'spool/fax')).sort().at(-1) ?? null;
    return [
      {
        direction: 'inbound',
        kind: 'fax',
        caller: client,
        called: '4951000700',
        disposition: 'fax',
        ringSec: 0,
        talkSec: seconds(start, Date.now()),
        answeredBy: null,
        fax: { file, pages: Number(fax['PagesTransferred'] ?? 0) },
        transfers: [],
        recording: null,
        note: 'the exchange sends the fax to itself: the sending channel has a linked id of its own',
      },
    ];
  },
};

export const answeredByMachine: readonly Scenario[] = [
  ivrThenExtension,
  ivrThenBusy,
  ivrGiveUp,
  recorded,
  voicemail,
  queueThenVoicemail,
  faxByProvider,
  faxLoop,
];
