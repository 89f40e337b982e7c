import { z } from 'zod';
import type { Ringing } from '../core/contact/capture.ts';
import type { Clock } from '../core/time/clock.ts';
import { type Exclusions, isHiddenAddress } from '../intake/exclusions.ts';
import { createLiveHub, type LiveHub } from '../live/run.ts';
import { matchAddress } from '../match/run.ts';
import type { Logger } from '../ops/log.ts';
import { notifyRinging, ringingChannel } from '../store/contacts/colleagues.ts';
import type { Store } from '../store/index.ts';
import type { OfficeView } from './office.ts';

interface LiveParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** Names this process: it does not listen to itself. */
  readonly holder: string;
  readonly office: () => OfficeView;
  readonly zone: string;
  readonly exclusions: Exclusions;
}

export interface SharedLive {
  readonly hub: LiveHub;
  announce(connector: string, ringing: Ringing): void;
  close(): Promise<void>;
}

const Address = z.object({ kind: z.enum(['phone', 'email', 'fax', 'extension']), value: z.string() });
const Announcement = z.object({
  holder: z.string(),
  connector: z.string(),
  ringing: z.object({
    call: z.string(),
    outside: Address.nullable(),
    outsideName: z.string().nullable(),
    ours: Address.nullable(),
    rings: z.array(z.string()),
    answeredBy: z.string().nullable(),
    since: z.iso.datetime().transform((text) => new Date(text)),
  }),
});
/** PostgreSQL takes at most 8000 bytes; a ring group of hundreds of phones is not told to other processes. */
const longest = 7900;

/** What rings now, for the pages of this process and, over PostgreSQL, of every other one. */
export async function shareLive({
  store,
  clock,
  log,
  holder,
  office,
  zone,
  exclusions,
}: LiveParts): Promise<SharedLive> {
  const { db } = store;
  const hub = createLiveHub({
    db,
    clock,
    log,
    zone,
    lookup(outside, connector) {
      const { match } = office();
      const region = match.regionOf(connector) ?? match.region;
      const context = { region, at: clock.now(), withheld: false, contactId: null, takenBy: [] };
      return matchAddress(db, outside, match, context);
    },
    async isHidden(outside, connector) {
      const { match } = office();
      return isHiddenAddress(outside, match.regionOf(connector) ?? match.region, await exclusions());
    },
  });
  const stopListening = await store.listen(ringingChannel, (payload) => {
    const read = Announcement.safeParse(safeJson(payload));
    if (read.success && read.data.holder !== holder) hub.announce(read.data.connector, read.data.ringing);
  });
  return {
    hub,
    announce(connector, ringing) {
      hub.announce(connector, ringing);
      const payload = JSON.stringify({ holder, connector, ringing });
      if (Buffer.byteLength(payload) > longest) return;
      notifyRinging(db, payload).catch((err: unknown) => log.debug({ err }, 'live.not_shared'));
    },
    close: stopListening,
  };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
