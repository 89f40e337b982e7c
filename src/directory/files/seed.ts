import { readFile } from 'node:fs/promises';
import { Fault } from '../../core/fault.ts';
import type { Db } from '../../store/base/db.ts';
import { writeOccasions } from '../../store/directory/employees-and-clients.ts';
import { setDuty } from '../duty.ts';
import { readClients } from './clients.ts';
import { importClients } from './import-clients.ts';
import { type Imported, type ImportOptions, importPeople } from './import-people.ts';
import { type FileRead, type ReadOptions, readPeople } from './people.ts';
import { isVcard, readVcards } from './vcard.ts';

/** A CSV file of the configuration. */
interface TableFile {
  readonly file: string;
  readonly columns: Readonly<Record<string, string>>;
}

/** The parts of the configuration that say who and why. */
export interface DirectoryConfig {
  readonly region: string | null;
  /** The office's. */
  readonly zone: string;
  readonly people: TableFile | null;
  readonly occasions: readonly string[];
  /** `office.duty`, as written. */
  readonly duty: string | null;
}

export interface Seeded {
  readonly people: Imported | null;
  /** Files that could not be taken over; what the database knew of them stays. */
  readonly problems: readonly Fault[];
  readonly dutyId: string;
  /** The one of `office.duty` is no longer with us: it is the next in line. */
  readonly isDutyGone: boolean;
}

/**
 * Keeps people and occasions in step with the configuration; for the daemon's start and reload. A file that cannot be read
 * is told and left out as a whole, the rest goes on. (Clients are kept by src/sources.)
 *
 * @throws Fault directory.nobody, directory.duty_unknown (reconfigure)
 */
export async function seedDirectory(db: Db, config: DirectoryConfig): Promise<Seeded> {
  const problems: Fault[] = [];
  const attempt = async (work: () => Promise<Imported>): Promise<Imported | null> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Fault) || error.remedy === 'retry') throw error;
      problems.push(error);
      return null;
    }
  };
  const { people, region, zone } = config;
  const importedPeople =
    people && (await attempt(() => importPeopleFile(db, { ...people, region }, { zone, isRoster: true })));
  const duty = await setDuty(db, config.duty).catch((error: unknown) => {
    throw problems[0] ?? error; // an office with nobody because the file is broken: the file is what must be cured
  });
  await writeOccasions(db, config.occasions);
  return { people: importedPeople, problems, dutyId: duty.id, isDutyGone: duty.isGone };
}

/** @throws Fault directory.file_unreadable, directory.broken_csv and those of `readPeople` (reconfigure) */
export async function importPeopleFile(db: Db, file: ReadOptions, options: ImportOptions = {}): Promise<Imported> {
  return importPeople(db, whole(readPeople(await contentOf(file.file), file)), options);
}

/**
 * Clients from a CSV file or vCards.
 * @throws Fault directory.file_unreadable, directory.broken_csv and those of `readClients` (reconfigure)
 */
export async function importClientsFile(db: Db, file: ReadOptions, options: ImportOptions = {}): Promise<Imported> {
  const content = await contentOf(file.file);
  const read = isVcard(content) ? readVcards(content, file) : readClients(content, file);
  return importClients(db, whole(read), options);
}

export async function contentOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Fault(
      'directory.file_unreadable',
      'reconfigure',
      { file, cure: 'does it exist, may Letopis read it?' },
      error,
    );
  }
}

/** Half a table is not taken over: nobody could tell later what is missing. */
function whole<Row>(read: FileRead<Row>): FileRead<Row> {
  if (read.broken === null) return read;
  throw new Fault('directory.broken_csv', 'reconfigure', {
    message: `${read.file}:${read.broken.line}: ${read.broken.reason}; ${read.rows.length} before it would be imported`,
    file: read.file,
    line: read.broken.line,
    readable: read.rows.length,
    cure:
      read.format === undefined
        ? 'the file is cut off: export it again'
        : 'close the quote in this line, or double the quotes inside the field',
  });
}
