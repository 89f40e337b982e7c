import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectors } from '../../connectors/index.ts';
import { messagesOf, retold } from '../../test/kit/ami-sessions.ts';
import { noMails } from '../../test/kit/mails.ts';
import { testStore } from '../../test/kit/postgres.ts';
import { type ScriptedAmi, secret, startScriptedAmi, username } from '../../test/kit/scripted-ami.ts';
import { addDuty, contactsOf, eventually, fastClock, office } from '../../test/kit/session.ts';
import { newId } from '../ops/chance.ts';
import { silentLog } from '../ops/log.ts';
import { createMetrics } from '../ops/metrics.ts';
import { connectorStates } from '../store/intake/connectors.ts';
import { createSupervisor } from './supervisor.ts';

const { db } = await testStore();
const call = messagesOf('inbound-answered');
const place = { office, officeRegion: 'RU' };
const supervisors = [supervisorNamed('first'), supervisorNamed('second')] as const;
const [first, second] = supervisors;
let good: ScriptedAmi;
let other: ScriptedAmi;

beforeAll(async () => {
  await addDuty(db);
  good = await startScriptedAmi();
  other = await startScriptedAmi();
});
afterAll(async () => {
  for (const one of supervisors) await one.stop();
  await good.stop();
  await other.stop();
});

/** One process, in which time runs ten times as fast. */
function supervisorNamed(holder: string) {
  return createSupervisor({
    db,
    clock: fastClock(10),
    log: silentLog,
    newId,
    mails: noMails,
    jitter: (ms) => ms,
    metrics: createMetrics(),
    holder,
    registry: connectors,
    ...place,
    kick: () => {},
    announce: () => {},
  });
}

const exchange = (name: string, { port }: ScriptedAmi, password = secret) => ({
  name,
  kind: 'asterisk-ami',
  exchange: name,
  region: null,
  options: connectors['asterisk-ami'].config.parse({ host: '127.0.0.1', port, username, secret: password }),
});

const isIn = (name: string, state: string) =>
  eventually(`${name} to be ${state}`, async () =>
    (await connectorStates(db)).find((one) => one.connector === name && one.state === state),
  );

test('one ill connector rests and says why; the other one works', async () => {
  await first.configure([exchange('good', good), exchange('other', other, 'letmein')], place);
  await isIn('good', 'up');
  const resting = await isIn('other', 'resting');
  expect(resting).toMatchObject({ fault: 'ami.login_refused', facts: { username }, nextTryAt: expect.any(Date) });
  good.say(retold(call, 1));
  await eventually('the call', async () => (await contactsOf(db, 'good')).length === 1);
});

test('the password corrected in the YAML: it comes up at once, the others are not disturbed', async () => {
  await first.configure([exchange('good', good), exchange('other', other)], place);
  expect(await isIn('other', 'up')).toMatchObject({ fault: null, facts: null, nextTryAt: null });
  expect(good.logins).toBe(1);
});

test('a cut connection is taken up again; what is said then is recorded', async () => {
  good.cut();
  await eventually('a second login', () => good.logins === 2);
  await isIn('good', 'up');
  good.say(retold(call, 2));
  await eventually('the call', async () => (await contactsOf(db, 'good')).length === 2);
});

test('a second process waits, and takes over when the first one stops', async () => {
  await second.configure([exchange('good', good)], place);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(good.logins).toBe(2);
  const since = performance.now();
  await first.stop();
  expect(performance.now() - since).toBeLessThan(1000);
  await eventually('the second process to log in', () => good.logins === 3);
  good.say(retold(call, 3));
  await eventually('the call', async () => (await contactsOf(db, 'good')).length === 3);
});
