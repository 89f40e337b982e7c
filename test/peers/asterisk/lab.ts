import { AmiRecorder } from './ami-recorder.ts';
import type { AmiMessage, AmiSession } from './ami-session.ts';
import { type Exchange, type ManagerUser, neighbourOf, type Suite, startExchange } from './exchange.ts';
import type { SipCall } from './sip-call.ts';
import { SipPhone } from './sip-phone.ts';
import { type CallTruth, client } from './truth.ts';
import { sleep, untilThere } from './wait.ts';

/** What a scenario may touch: the phones around one exchange, a manager session that may do everything, the recorder. */
export interface Lab {
  readonly exchange: Exchange;
  readonly recorder: AmiRecorder;
  readonly trunk: SipPhone;
  readonly trunk2: SipPhone;
  /** the trunk of the old channel driver (SIP/…) */
  readonly oldTrunk: SipPhone;
  /** replaced when the exchange restarts: read it anew after `reopenDriver` */
  driver: AmiSession;
  phone(number: number | string): SipPhone;
  /** A call from the outside. The default number has no name. */
  inbound(
    did: string,
    options?: { name?: string; number?: string; from?: string; headers?: readonly string[] },
  ): Promise<SipCall>;
  /** The whole name of an open channel, by its beginning. */
  channel(prefix: string): Promise<string>;
  /** A second exchange of the same suite that plays the provider, with a phone of its own; started on first use. */
  provider(): Promise<{ exchange: Exchange; driver: AmiSession; phone: SipPhone }>;
  reopenDriver(): Promise<void>;
  /** Hangs up everything and waits until the exchange has no channel left. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

/** One way a call can go; the function drives the phones and answers what they saw. */
export interface Scenario {
  readonly name: string;
  /** where it can be played, when not everywhere */
  readonly suites?: readonly Suite[];
  run(lab: Lab): Promise<readonly CallTruth[]>;
}

export async function openLab(exchange: Exchange, reader: ManagerUser = 'crm'): Promise<Lab> {
  const peer = { address: exchange.address, port: exchange.sipPort };
  const phoneAt = (user: string, last: number): Promise<SipPhone> =>
    new SipPhone({ user, ip: `${exchange.block}.${last}`, exchange: peer }).start();
  const trunk = await phoneAt('trunk', 2);
  const trunk2 = await phoneAt('trunk2', 3);
  const phones = new Map<string, SipPhone>();
  for (let number = 101; number <= 112; number++) phones.set(String(number), await phoneAt(String(number), number));
  const oldPeer = { address: exchange.address, port: 5062 };
  const oldTrunk = await new SipPhone({ user: 'oldtrunk', ip: `${exchange.block}.4`, exchange: oldPeer }).start();
  const everyone = [trunk, trunk2, oldTrunk, ...phones.values()];
  const login = { address: exchange.address, port: exchange.amiPort, secret: exchange.secret };
  const recorder = await AmiRecorder.start({ ...login, user: reader });
  let neighbour: { exchange: Exchange; driver: AmiSession; phone: SipPhone } | null = null;

  const channels = (): Promise<AmiMessage[]> => lab.driver.action({ Action: 'CoreShowChannels' }, true);
  const lab: Lab = {
    exchange,
    recorder,
    trunk,
    trunk2,
    oldTrunk,
    driver: await exchange.open('full'),
    phone: (number) => {
      const phone = phones.get(String(number));
      if (!phone) throw new Error(`no phone ${number}`);
      return phone;
    },
    inbound: (did, options = {}) =>
      trunk.call(did, {
        from: options.from ?? `"${options.name ?? ''}" <sip:${options.number ?? client}@${trunk.ip}>`,
        headers: options.headers ?? [],
      }),
    channel: (prefix) =>
      untilThere(
        3000,
        `a channel ${prefix}`,
        async () => (await channels()).find((one) => one['Channel']?.startsWith(prefix))?.['Channel'],
      ),
    provider: async () => {
      neighbour ??= await startProvider(exchange);
      return neighbour;
    },
    reopenDriver: async () => {
      lab.driver.close();
      lab.driver = await exchange.open('full');
    },
    calm: async () => {
      for (const call of everyone.flatMap((phone) => [...phone.calls.values()])) call.hangUp();
      await sleep(300);
      if ((await channels()).length > 0)
        await lab.driver.action({ Action: 'Command', Command: 'channel request hangup all' });
      await untilThere(15_000, 'quiet on the exchange', async () =>
        (await channels()).length === 0 ? true : undefined,
      );
    },
    close: async () => {
      recorder.stop();
      lab.driver.close();
      for (const phone of everyone) phone.stop();
      neighbour?.driver.close();
      neighbour?.phone.stop();
      await neighbour?.exchange.stop();
    },
  };
  return lab;
}

async function startProvider(ours: Exchange): Promise<{ exchange: Exchange; driver: AmiSession; phone: SipPhone }> {
  const exchange = await startExchange({
    suite: ours.suite,
    block: neighbourOf(ours.block),
    neighbour: ours.address,
    ports: { ami: ours.amiPort, sip: ours.sipPort },
  });
  const phone = new SipPhone({
    user: 'trunk',
    ip: `${exchange.block}.2`,
    exchange: { address: exchange.address, port: exchange.sipPort },
  });
  return { exchange, driver: await exchange.open('full'), phone: await phone.start() };
}
