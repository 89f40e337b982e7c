import { buffer } from 'node:stream/consumers';
import { pino } from 'pino';
import type { IncomingMail, Session } from '../connector/index.ts';
import type { SkipReason } from '../mail/index.ts';
import { systemClock } from '../ops/clock.ts';

/** A mail as it was kept, its stream read to the end. */
export interface KeptMail extends Omit<IncomingMail, 'bytes'> {
  readonly text: string;
}

/** What a mailbox sees of the program, in memory: for tests of mailboxes alone. */
export class Keeping {
  readonly kept: KeptMail[] = [];
  readonly setAside: { readonly raw: string; readonly code: string }[] = [];
  readonly skipped: Partial<Record<SkipReason, number>> = {};
  readonly logged: Readonly<Record<string, unknown>>[] = [];
  /** Kept again; the same identity. */
  duplicates = 0;
  position: string | null = null;
  keeps = 0;
  known = new Set<string>();
  excluded: string[] = [];

  /** The nth contact's text, by what the subject says. */
  get subjects(): readonly string[] {
    return this.kept.map(({ text }) => /^Subject: (.*?)\r?$/m.exec(text)?.[1] ?? '');
  }

  session<Config>(config: Config, more: Partial<Session<Config>> = {}): Session<Config> & { stop(): void } {
    const stopping = new AbortController();
    const log = pino({ level: 'info' }, { write: (line: string) => void this.logged.push(JSON.parse(line)) });
    return {
      config,
      name: 'mailbox',
      exchange: 'mailbox',
      office: { extensions: /^\d{3}$/, isColleague: () => false, mail: { domains: ['ours.example'] } },
      clock: systemClock,
      log,
      signal: stopping.signal,
      stop: () => stopping.abort(new Error('stopped')),
      emit: async () => [],
      announce: () => {},
      position: async () => this.position,
      journal: { append: async () => {}, replay: async () => [], forget: async () => {} },
      knows: async (addresses) => new Set(addresses.filter((one) => this.known.has(one))),
      exclusions: async () => this.excluded,
      keep: (mails, position) => this.#keep(mails, position),
      skipped: (because, count) => {
        this.skipped[because] = (this.skipped[because] ?? 0) + count;
      },
      gap: async () => {},
      setAside: async (raw, fault) => void this.setAside.push({ raw, code: fault.message }),
      listening: () => {},
      ...more,
    };
  }

  async #keep(
    mails: readonly IncomingMail[],
    position: string | undefined,
  ): Promise<readonly ('stored' | 'duplicate' | 'dropped')[]> {
    const read: KeptMail[] = [];
    for (const { bytes, ...mail } of mails) {
      const whole = bytes instanceof Uint8Array ? Buffer.from(bytes) : await buffer(bytes);
      read.push({ ...mail, text: whole.toString('latin1') });
    }
    this.keeps += 1;
    if (position !== undefined) this.position = position;
    return read.map((mail) => {
      if (this.kept.some(({ identity }) => identity === mail.identity)) {
        this.duplicates += 1;
        return 'duplicate';
      }
      this.kept.push(mail);
      return 'stored';
    });
  }
}
