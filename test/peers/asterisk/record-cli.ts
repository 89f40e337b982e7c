// npx tsx test/peers/asterisk/record-cli.ts [--suite sid|bullseye] [--block 127.0.16] [--only NAME,NAME]
//   [--skip-recorded] [--into FOLDER] [--user full|crmlean]
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { asteriskUnavailable } from './asterisk-unavailable.ts';
import { type Exchange, type ManagerUser, type Suite, startExchange } from './exchange.ts';
import type { Scenario } from './lab.ts';
import { record } from './record.ts';
import { scenariosFor } from './scenarios/index.ts';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      suite: { type: 'string', default: 'sid' },
      block: { type: 'string', default: '127.0.16' },
      only: { type: 'string' },
      user: { type: 'string', default: 'crm' },
      into: { type: 'string', default: fileURLToPath(new URL('../../recordings', import.meta.url)) },
      'skip-recorded': { type: 'boolean', default: false },
    },
  });
  const suite: Suite = values.suite === 'bullseye' ? 'bullseye' : 'sid';
  const problem = await asteriskUnavailable([suite]);
  if (problem) {
    process.stderr.write(`${problem}\n`);
    return 69;
  }
  const users: Readonly<Record<string, ManagerUser>> = { crm: 'crm', full: 'full', crmlean: 'crmlean' };
  const wanted = values.only?.split(',');
  const exchange = await startExchange({ suite, block: values.block });
  const folder = join(values.into, exchange.version.split('.')[0] ?? '');
  const isWanted = ({ name }: Scenario): boolean =>
    (wanted?.includes(name) ?? true) && !(values['skip-recorded'] && existsSync(join(folder, `${name}.crm.ami`)));
  try {
    return await recordAll(exchange, scenariosFor(suite).filter(isWanted), folder, users[values.user] ?? 'crm');
  } finally {
    await exchange.stop();
  }
}

/** One after the other, a line for each; a scenario that fails does not stop the next. */
async function recordAll(
  exchange: Exchange,
  chosen: readonly Scenario[],
  folder: string,
  user: ManagerUser,
): Promise<number> {
  let failed = 0;
  for (const scenario of chosen) {
    try {
      const { bytes, calls } = await record({ exchange, scenario, folder, user });
      const told = calls.map((call) => `${call.disposition} ring=${call.ringSec} talk=${call.talkSec}`).join('; ');
      process.stdout.write(`ok   ${scenario.name.padEnd(40)} ${bytes.length} bytes  ${told}\n`);
    } catch (error) {
      failed++;
      process.stdout.write(`FAIL ${scenario.name.padEnd(40)} ${error instanceof Error ? error.message : error}\n`);
    }
  }
  return failed ? 1 : 0;
}

process.exit(await main());
