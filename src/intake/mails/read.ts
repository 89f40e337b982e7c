import { Fault } from '../../core/fault.ts';
import { isOurReport, type MailRead } from '../../mail/index.ts';
import type { MailIntakeDeps } from './deps.ts';
import { allOf, type Work } from './work.ts';

/**
 * Reads a mail in a thread, as the mailbox it came into is to be read. A journal report that is not our own server's stays a
 * mail.
 * @param isUrgent a mailbox waits for it
 */
export async function readBytes(
  { reader, judging }: Pick<MailIntakeDeps, 'reader' | 'judging'>,
  connector: string,
  bytes: Uint8Array,
  isUrgent = false,
): Promise<MailRead> {
  const { office, rules } = judging(connector);
  const documents = rules.isFaxMailbox ? 'all' : 'of-faxes';
  const journal = rules.isJournal ? 'any' : 'signed';
  const mail = await reader.read(bytes, { brief: true, documents, journal }, isUrgent);
  return isOurReport(mail, office) ? mail : reader.read(bytes, { brief: true, documents, journal: 'none' }, isUrgent);
}

/**
 * Reads a kept mail. One that stands in a file is loaded when its turn comes.
 * @throws Fault files.unavailable (retry): the file is not there (now); the row stays unread
 */
export async function readKept(deps: MailIntakeDeps, work: Work): Promise<MailRead> {
  const { raw, file, connector, known } = work;
  if (known !== null) return known;
  if (file === null) return readBytes(deps, connector, raw ?? new Uint8Array());
  return deps.oneByOne(async () => {
    const chunks = await deps.files.read(file);
    if (chunks === null) throw new Fault('files.unavailable', 'retry', { file, cure: 'is `files` mounted?' });
    return readBytes(deps, connector, await allOf(chunks));
  });
}
