import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mails, openMails } from '../../src/daemon/mails.ts';
import { judgingOf } from '../../src/intake/mails/office.ts';
import type { MailOfficeOptions, MailRules } from '../../src/mail/index.ts';
import { newId } from '../../src/ops/chance.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { silentLog } from '../../src/ops/log.ts';
import { createMetrics, type Metrics } from '../../src/ops/metrics.ts';
import type { Db } from '../../src/store/index.ts';
import { officeMail } from './office-mail.ts';

export interface TestMailsOptions {
  readonly office?: MailOfficeOptions;
  /** By connector; one that is not named takes all. */
  readonly rules?: Readonly<Record<string, MailRules>>;
  readonly metrics?: Metrics;
}

/** The intake of mails on real tables, as the daemon opens it; to be closed. Its threads start with the first mail. */
export function testMails(db: Db, options: TestMailsOptions = {}): Mails & { readonly filesFolder: string } {
  const { office = officeMail, rules = {}, metrics = createMetrics() } = options;
  const connectors = new Map(Object.entries(rules).map(([name, one]) => [name, { rules: one, region: null }]));
  const filesFolder = join(tmpdir(), `letopis-test-files-${newId()}`);
  const mails = openMails({
    db,
    clock: systemClock,
    log: silentLog,
    metrics,
    config: { files: { kind: 'folder', path: filesFolder } },
    judging: judgingOf(office, connectors),
    kick: () => {},
  });
  return { ...mails, filesFolder };
}

/** Where no mail comes. */
export const noMails: Pick<Mails, 'keep' | 'knows' | 'exclusions'> = {
  keep: () => Promise.reject(new Error('no mail is expected here')),
  knows: async () => new Set(),
  exclusions: async () => [],
};
