import type { Scenario } from '../lab.ts';
import { callTruth, client } from '../truth.ts';
import { sleep } from '../wait.ts';
import { answeredFrom } from './basic.ts';

const maria = 'Мария';
/** the same name in windows-1251, one character per byte */
const mariaBytes = '\xCC\xE0\xF0\xE8\xFF';

const legacyName: Scenario = {
  name: 'caller-name-windows-1251',
  run: async (lab) => {
    lab.phone(101).react = { after: 1000 };
    lab.trunk.encoding = 'latin1';
    const caller = await lab.inbound('4951000101', { name: mariaBytes });
    await caller.until('answered');
    await sleep(1500);
    caller.hangUp();
    const passedThrough = Number(lab.exchange.version.split('.')[0]) < 18;
    return [
      callTruth(caller, {
        called: '4951000101',
        answeredBy: '101',
        callerName: passedThrough ? maria : '\uFFFD'.repeat(5),
        sentName: maria,
        note: passedThrough
          ? 'the name arrives as raw windows-1251 bytes; callerName holds when this is the configured legacy charset'
          : 'the exchange replaced every byte of the name by U+FFFD: the name is lost',
      }),
    ];
  },
};

export const callerIdentity: readonly Scenario[] = [
  answeredFrom(
    'inbound-withheld-anonymous',
    { from: '"Anonymous" <sip:anonymous@anonymous.invalid>' },
    { caller: null, withheld: true },
  ),
  answeredFrom(
    'inbound-withheld-pai-privacy',
    {
      from: '"Anonymous" <sip:anonymous@anonymous.invalid>',
      headers: [`P-Asserted-Identity: "Ivan Sidorov" <sip:${client}@provider.invalid>`, 'Privacy: id'],
    },
    {
      withheld: true,
      callerName: 'Ivan Sidorov',
      note: 'asks not to be shown, yet the provider tells the number: only ChanVariable CALLERID(pres) says so',
    },
  ),
  answeredFrom('cyrillic-name', { name: 'Мария Ґудзь «Ромашка»' }, { callerName: 'Мария Ґудзь «Ромашка»' }),
  answeredFrom('plus-and-long-number', { number: '+380441234567' }, { caller: '+380441234567' }),
  answeredFrom('caller-named-like-an-event', { name: 'Event: Hangup' }, { callerName: 'Event: Hangup' }),
  answeredFrom(
    'caller-name-with-colons',
    { name: 'OOO Roga: i Kopyta, Linkedid: 1.1' },
    { callerName: 'OOO Roga: i Kopyta, Linkedid: 1.1' },
  ),
  legacyName,
];
