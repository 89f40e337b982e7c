import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exchange, ManagerUser } from './exchange.ts';
import { openLab, type Scenario } from './lab.ts';
import type { CallTruth } from './truth.ts';
import { sleep, within } from './wait.ts';

export interface Recording {
  readonly scenario: string;
  readonly asterisk: string;
  /** what the manager user received */
  readonly bytes: Buffer;
  readonly calls: readonly CallTruth[];
  readonly linkedidsSeen: readonly string[];
  readonly cdrFileRows: readonly string[];
}

/**
 * Plays one scenario on a running exchange and records it. With `folder`, writes NAME.crm.ami and NAME.expected.json there
 * (for the users `full` and `crmlean` only NAME.all.ami and NAME.lean.ami: the truth is that of `crm`).
 * The bytes are taken 1.2 s after the last phone is quiet, as late CDRs come within a second.
 */
export async function record(options: {
  exchange: Exchange;
  scenario: Scenario;
  folder?: string;
  user?: ManagerUser;
}): Promise<Recording> {
  const { exchange, scenario, folder, user = 'crm' } = options;
  const earlierRows = exchange.cdrRows().length;
  const lab = await openLab(exchange, user);
  try {
    const calls = await within(180_000, scenario.name, scenario.run(lab));
    await sleep(1200);
    const bytes = withoutFolder(lab.recorder.bytes, exchange.folder);
    const recording: Recording = {
      scenario: scenario.name,
      asterisk: exchange.version,
      bytes,
      calls,
      linkedidsSeen: [
        ...new Set([...bytes.toString('latin1').matchAll(/^Linkedid: (\S+)/gim)].map((match) => match[1] ?? '')),
      ],
      cdrFileRows: exchange.cdrRows().slice(earlierRows),
    };
    if (folder) save(folder, recording, user);
    return recording;
  } finally {
    await lab.calm().catch(() => {});
    await lab.close();
  }
}

/** A recording is the same wherever it was made: the throw-away folder reads like that of an installed exchange. */
function withoutFolder(bytes: Buffer, folder: string): Buffer {
  return Buffer.from(
    bytes
      .toString('latin1')
      .replaceAll(`${folder}/spool`, '/var/spool/asterisk')
      .replaceAll(folder, '/var/lib/asterisk'),
    'latin1',
  );
}

function save(folder: string, recording: Recording, user: ManagerUser): void {
  mkdirSync(folder, { recursive: true });
  const { bytes, ...rest } = recording;
  const kind = { crm: 'crm', full: 'all', crmlean: 'lean' }[user];
  writeFileSync(join(folder, `${recording.scenario}.${kind}.ami`), bytes);
  if (user === 'crm')
    writeFileSync(join(folder, `${recording.scenario}.expected.json`), `${JSON.stringify(rest, null, 1)}\n`);
}
