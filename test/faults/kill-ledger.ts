import { createHash } from 'node:crypto';
import type { CallFacts } from '../../src/core/contact/call.ts';
import type { PlayedCall } from '../../src/demo/exchange.ts';
import type { ToldRecording } from '../kit/told-calls.ts';

/** One call that was told, and what the reader must know of it. */
export interface ExpectedCall {
  readonly play: PlayedCall;
  /** As the phones had it; ids are those of the recording. */
  readonly facts: CallFacts;
  /** The ids it was told with. */
  readonly linkedIds: readonly string[];
  /** An event of it had been written to a logged-in reader long enough before the reader was killed. */
  readonly mustBeRecorded: boolean;
  /** How many messages prove that. */
  readonly proofs: number;
  /** One life of the reader saw all of it. */
  readonly isWholly: boolean;
}

/** How far each play was at one moment, in the order of the ledger. */
export type Progress = readonly Pick<PlayedCall, 'toldEvents' | 'writtenEvents' | 'listed' | 'state'>[];

export function progressOf(ledger: readonly PlayedCall[]): Progress {
  return ledger.map(({ toldEvents, writtenEvents, listed, state }) => ({ toldEvents, writtenEvents, listed, state }));
}

/** Keeps, over all lives of the reader, what it certainly heard: the truth the database is compared with. */
export class Heard {
  readonly #recordings: ReadonlyMap<string, ToldRecording>;
  /** Per play: the linked ids (as in the recording) proven to a reader. */
  readonly #ids = new Map<number, string[]>();
  readonly #wholly = new Set<number>();
  readonly #listed = new Set<number>();

  constructor(recordings: readonly ToldRecording[]) {
    this.#recordings = new Map(recordings.map((one) => [one.name, one]));
  }

  /**
   * One life of the reader: what was written between its start and the moment that was safely before its end.
   * @param before at the end of the life before
   */
  add(ledger: readonly PlayedCall[], before: Progress, safe: Progress): void {
    safe.forEach((now, i) => {
      const then = before[i] ?? { toldEvents: 0, writtenEvents: 0, listed: false };
      const { recording = '' } = ledger[i] ?? {};
      const told = this.#recordings.get(recording);
      if (!told) throw new Error(`${recording} was told and is unknown`);
      const written = now.writtenEvents - then.writtenEvents;
      const proven = told.proofs.slice(now.toldEvents - written, now.toldEvents).flat();
      this.#ids.set(i, [...(this.#ids.get(i) ?? []), ...proven]);
      if (written === told.proofs.length) this.#wholly.add(i);
      // in the list, and its line to the outside was open before
      const hadLine = told.proofs.slice(0, then.toldEvents).some((ids) => ids.length > 0);
      if (now.listed && !then.listed && hadLine) this.#listed.add(i);
    });
  }

  expected(ledger: readonly PlayedCall[]): ExpectedCall[] {
    return ledger.flatMap((play, i) => {
      const told = this.#recordings.get(play.recording);
      const calls = told?.calls ?? [];
      return calls.map((facts) => {
        const proofs = (this.#ids.get(i) ?? []).filter((id) => facts.linkedIds.includes(id)).length;
        const isListed = calls.length === 1 && this.#listed.has(i);
        return {
          play,
          facts,
          linkedIds: facts.linkedIds.map((id) => play.linkedIds[told?.linkedIds.indexOf(id) ?? -1] ?? id),
          mustBeRecorded: isListed || proofs > 0,
          proofs,
          isWholly: this.#wholly.has(i),
        };
      });
    });
  }
}

/** The identity under which intake knows a call of this exchange. */
export function identityOf(exchange: string, linkedId: string): string {
  return createHash('sha256').update(`call:${exchange}:${linkedId}`).digest('hex');
}
