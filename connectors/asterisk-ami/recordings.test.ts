import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { Fault } from '../../src/connector/index.ts';
import { sessionsOf } from '../../test/kit/ami-sessions.ts';
import { testStore } from '../../test/kit/postgres.ts';
import { differences, type Recorded, recordings } from '../../test/kit/recordings.ts';
import { secret, startScriptedAmi, username } from '../../test/kit/scripted-ami.ts';
import { addDuty, contactsOf, eventually, fastClock, startSession, storedBy } from '../../test/kit/session.ts';
import { Config } from './config.ts';
import { asteriskAmi as connector } from './connector.ts';

const { db } = await testStore();
const clock = fastClock(10);
/** So many exchanges talk at once. */
const atOnce = 8;

beforeAll(() => addDuty(db));

/** Every recorded exchange said again to the real connector, at full speed, into real tables. */
test('every recording gives the contacts of its truth', { timeout: 90_000 }, async () => {
  const waiting = recordings();
  const wrong: Record<string, readonly string[]> = {};
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const found = await replayed(next);
      if (found.length > 0) wrong[next.name] = found;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  expect(wrong).toEqual({});
});

/** @returns where the contacts differ from the truth, in words */
async function replayed(recorded: Recorded): Promise<string[]> {
  const sessions = sessionsOf(readFileSync(recorded.stream));
  const { name } = recorded;
  const exchange = await startScriptedAmi({
    channels: (login) => sessions[login]?.channels ?? [],
    onLogin: (line, login) => line.say(sessions[login]?.first ?? ''),
    onListed: (line, login) => {
      line.say(sessions[login]?.rest ?? '');
      if (login + 1 < sessions.length) line.end();
    },
  });
  const config = Config.parse({ host: '127.0.0.1', port: exchange.port, username, secret });
  for (const _lost of sessions.slice(1)) {
    const session = await startSession(db, connector, config, { name, clock });
    const fault = await session.ended;
    if (!(fault instanceof Fault) || fault.code !== 'ami.connection_lost') return [`a session ended with ${fault}`];
  }
  const last = await startSession(db, connector, config, { name, clock });
  await last.listening;
  const contacts = { ...recorded, truth: recorded.truth.filter(({ direction }) => direction !== 'internal') };
  const timeless = (text: string) => sessions.length === 1 || !/econds/.test(text); // cuts cost no time at full speed
  if (contacts.truth.length === 0) await new Promise((resolve) => setTimeout(resolve, 300)); // time to make one all the same
  const compare = async () => differences(contacts, await contactsOf(db, name)).filter(timeless);
  await eventually(`the contacts of ${name}`, async () => (await compare()).length === 0, 4000).catch(() => {});
  await last.stop();
  await exchange.stop();
  const { captures } = await storedBy(db, name);
  return [...(await compare()), ...(captures < contacts.truth.length ? [`${captures} captures`] : [])];
}
