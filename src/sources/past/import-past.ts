import type { Capture } from '../../core/contact/capture.ts';
import type { Match } from '../../core/contact/match.ts';
import { sha256 } from '../../core/hash.ts';
import { momentOf } from '../../core/time/wall-time.ts';
import type { CsvFormat, Rejection } from '../../directory/files/csv.ts';
import { isHiddenAddress } from '../../intake/exclusions.ts';
import { takeIn } from '../../intake/run.ts';
import { type MatchOffice, matchContact } from '../../match/run.ts';
import type { Db } from '../../store/base/db.ts';
import { occasions } from '../../store/contacts/contacts.ts';
import { lockDirectory } from '../../store/directory/employees-and-clients.ts';
import { type ChangeLog, type ChangeVia, changeLog } from '../../store/history/change-log.ts';
import { neverCaptured } from '../../store/intake/exclusions.ts';
import {
  contactsByIdentity,
  type KnownPast,
  knownPast,
  type PastRemarks,
  writePastRemarks,
} from '../../store/sources/past.ts';
import { type Called, peopleIn, staffOf } from './called.ts';
import type { PastRow, PastTable } from './rows.ts';

export interface PastImport {
  /** Contacts that are new in the history, or in it again. */
  readonly created: number;
  readonly unchanged: number;
  /** Of the new ones: with a gist; without. */
  readonly completed: number;
  readonly bare: number;
  /** Of the new ones: attached by the client's name; by the address; to nobody (yet). */
  readonly byName: number;
  readonly byAddress: number;
  readonly strangers: number;
  readonly rejected: readonly Rejection[];
  readonly notes: readonly string[];
  readonly format: CsvFormat;
}

export interface PastImportOptions {
  readonly file: string;
  readonly region: string | null;
  /** The office's. */
  readonly zone: string;
  /** Days begin in the zone above. */
  readonly match: Omit<MatchOffice, 'zone'>;
  readonly newId: () => string;
  readonly dryRun?: boolean;
  readonly by?: { readonly authorId: string | null; readonly via: ChangeVia };
  readonly progress?: (done: number, all: number) => void;
}

/** What contacts of past years are captured by. */
export const pastConnector = 'history';
/** Measured best for intake. */
const batchSize = 100;

class DryRun extends Error {}

/**
 * Brings contacts of past years into the history, all or nothing, as one set of changes; nobody is asked about them. The
 * same line again changes nothing. Whose a contact was: the client that is named, else whose the address was at that time.
 */
export async function importPast(db: Db, table: PastTable, options: PastImportOptions): Promise<PastImport> {
  const counts = { created: 0, unchanged: 0, completed: 0, bare: 0, byName: 0, byAddress: 0, strangers: 0 };
  const rejected: Rejection[] = [...table.rejected];
  try {
    await db.transaction(async (tx) => {
      await lockDirectory(tx);
      const called: Called = { ...(await staffOf(tx)), occasions: await occasions(tx), rejected };
      const head = {
        kind: 'import',
        via: options.by?.via ?? 'import',
        authorId: options.by?.authorId ?? null,
      } as const;
      const log = changeLog(tx, { ...head, label: options.file, facts: { history: options.file } });
      const exclude = await neverCaptured(tx);
      const work: Work = { tx, called, exclude, log, counts, options };
      for (let from = 0; from < table.rows.length; from += batchSize) {
        await takeBatch(work, table.rows.slice(from, from + batchSize));
        options.progress?.(Math.min(from + batchSize, table.rows.length), table.rows.length);
      }
      if (options.dryRun) throw new DryRun();
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  }
  const { notes, format } = table;
  return { ...counts, rejected: rejected.sort((a, b) => a.line - b.line), notes, format };
}

interface Work {
  readonly tx: Db;
  readonly called: Called;
  /** Of what nothing is kept. */
  readonly exclude: readonly string[];
  readonly log: ChangeLog;
  readonly counts: Record<
    'created' | 'unchanged' | 'completed' | 'bare' | 'byName' | 'byAddress' | 'strangers',
    number
  >;
  readonly options: PastImportOptions;
}

async function takeBatch(work: Work, batch: readonly PastRow[]): Promise<void> {
  const { tx, called, options, counts } = work;
  const keyOf = ({ identity }: PastRow) => sha256(`${identity}\n0`);
  const known = new Map((await knownPast(tx, pastConnector, batch.map(keyOf))).map((one) => [one.key, one]));
  const found = await peopleIn(
    tx,
    batch.filter((row) => mayBeKept(work, row, known.get(keyOf(row).toString('hex')))),
    called,
  );
  const fresh = found.filter(({ row }) => !known.has(keyOf(row).toString('hex')));
  const source = { connector: pastConnector, region: options.region, lease: null };
  if (fresh.length > 0)
    await takeIn(
      { db: tx, newId: options.newId },
      source,
      fresh.map((one) => captureOf(one.row, one.email, options.zone)),
      null,
    );
  const ids = await contactsByIdentity(
    tx,
    fresh.map(({ row }) => sha256(row.identity)),
  );
  const again = found.flatMap((one) => {
    const before = known.get(keyOf(one.row).toString('hex'));
    return before?.hidden ? [{ ...one, contactId: before.contactId }] : [];
  });
  const made = [
    ...fresh.flatMap((one) => {
      const contactId = ids.get(sha256(one.row.identity).toString('hex'));
      return contactId === undefined ? [] : [{ ...one, contactId }];
    }),
    ...again,
  ];
  const match = { ...options.match, zone: options.zone };
  for (const { row, contactId } of made) if (row.outside !== null) await matchContact(tx, contactId, match);
  const remarks = made.map(
    ({ row, contactId, clientId, personId, employeeId, occasionId }): PastRemarks => ({
      contactId,
      gist: row.gist,
      occasionId,
      employeeId,
      clientId,
      personId,
      match: row.outside === null ? nobodysAddress : null,
    }),
  );
  const written = new Map((await writePastRemarks(tx, remarks)).map((one) => [one.contactId, one.clientId]));
  await work.log.record(
    made.map(({ row, contactId }) => {
      const value = { date: row.writtenDate, gist: row.gist };
      return {
        entity: 'contact',
        entityId: contactId,
        clientId: written.get(contactId) ?? null,
        field: 'created',
        old: null,
        new: value,
      };
    }),
  );
  counts.created += made.length;
  counts.unchanged += found.length - made.length;
  counts.completed += made.filter(({ row }) => row.gist !== null).length;
  counts.bare += made.filter(({ row }) => row.gist === null).length;
  counts.byName += made.filter(({ clientId }) => clientId !== null).length;
  const rest = made.filter(({ clientId }) => clientId === null);
  counts.byAddress += rest.filter(({ contactId }) => (written.get(contactId) ?? null) !== null).length;
  counts.strangers += rest.filter(({ contactId }) => (written.get(contactId) ?? null) === null).length;
}

/** What people said is never captured comes in by no table either; what is there is left as it is. */
function mayBeKept({ called, exclude, options }: Work, row: PastRow, known: KnownPast | undefined): boolean {
  if (row.outside === null || (known !== undefined && !known.hidden)) return true;
  if (!isHiddenAddress(row.outside, options.region, exclude)) return true;
  const reason = 'people said that nothing is to be kept of this address: the row is left out';
  const column = row.outside.kind === 'email' ? 'email' : 'phone';
  called.rejected.push({ line: row.line, column, value: row.outside.value, reason });
  return false;
}

const nobodysAddress: Match = { verdict: 'stranger', candidates: [], because: 'no_address' };

function captureOf(row: PastRow, email: string | null, zone: string): Capture {
  const { date } = row;
  const clock = date.time ?? '00:00';
  const at =
    date.offsetMinutes === null
      ? momentOf(date.day, clock, zone)
      : new Date(Date.parse(`${date.day}T${clock}:00Z`) - date.offsetMinutes * 60_000);
  return {
    identity: row.identity,
    revision: 0,
    links: [row.identity],
    channel: row.channel,
    direction: row.direction,
    occurredAt: at,
    endedAt: at,
    outside: row.outside,
    outsideName: row.person ?? row.client,
    ours: null,
    employees: email === null ? [] : [{ kind: 'email', value: email }],
    details: {
      channel: 'noted',
      noted: {
        precision: date.precision,
        about: date.about,
        date: row.writtenDate,
        client: row.client,
        person: row.person,
        employee: row.employee,
        occasion: row.occasion,
      },
    },
    evidence: row.evidence,
    asks: false,
  };
}
