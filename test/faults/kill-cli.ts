// `npm run kill -- --rounds 200 [--seed N] [--postgres-every 10]`: kill -9 at random moments of recorded calls.
import { parseArgs } from 'node:util';
import { killRounds, linesOf } from './kill.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'postgres-every': { type: 'string', default: '10' },
    'safe-ms': { type: 'string', default: '250' },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);
say(`seed ${values.seed}`);
const report = await killRounds({
  rounds: Number(values.rounds),
  seed: Number(values.seed),
  postgresEvery: Number(values['postgres-every']),
  safeMs: Number(values['safe-ms']),
  patient: true,
  tell: say,
});
for (const line of linesOf(report)) say(line);
process.exitCode = report.wrong.length === 0 ? 0 : 1;
