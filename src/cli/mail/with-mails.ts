import { connectors } from '../../../connectors/index.ts';
import type { Config } from '../../config.ts';
import { type Mails, openMails } from '../../daemon/mails.ts';
import { readMailOffice } from '../../daemon/office.ts';
import type { MailOfficeOptions } from '../../mail/index.ts';
import { systemClock } from '../../ops/clock.ts';
import { silentLog } from '../../ops/log.ts';
import { createMetrics } from '../../ops/metrics.ts';
import type { Db } from '../../store/index.ts';

/** Runs `work` with an intake of mails as the daemon has it, without its queue: a daemon decides about what came in. */
export async function withMails<T>(
  db: Db,
  config: Config,
  work: (mails: Mails, office: MailOfficeOptions) => Promise<T>,
): Promise<T> {
  const { mail, judging } = await readMailOffice(db, config, connectors);
  const metrics = createMetrics();
  const mails = openMails({ db, clock: systemClock, log: silentLog, metrics, config, judging, kick: () => {} });
  try {
    return await work(mails, mail);
  } finally {
    await mails.close();
  }
}
