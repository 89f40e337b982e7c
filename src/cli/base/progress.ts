import type { Io } from './command.ts';

export interface Progress {
  show(done: number, total: number): void;
  /** The last line stays. */
  end(): void;
}

const barLength = 24;

/**
 * How far a long command has come, on stderr: `[=====>    ] 1200 of 10000, 340/s, 26 s left`. Redrawn in place for a
 * person, at most four times a second; a line every ten seconds where nobody looks on.
 *
 * @param nowMs monotonic milliseconds
 */
export function progressOn(io: Pick<Io, 'err' | 'isTTY'>, draw: (text: string) => void, nowMs: () => number): Progress {
  const begun = nowMs();
  let shownMs = Number.NEGATIVE_INFINITY;
  let first: number | null = null;
  let last: string | null = null;
  return {
    show(done, total) {
      const now = nowMs();
      first ??= done;
      const line = progressLine(done, total, done - first, (now - begun) / 1000);
      last = line;
      if (now - shownMs < (io.isTTY ? 250 : 10_000) && done < total) return;
      shownMs = now;
      if (io.isTTY) draw(`\r\u001b[K${line}`);
      else io.err(line);
    },
    end() {
      if (last !== null && io.isTTY) draw(`\r\u001b[K${last}\n`);
    },
  };
}

/** @param worked how many of `done` this run did, in `seconds` */
export function progressLine(done: number, total: number, worked: number, seconds: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * barLength);
  const bar = `${'='.repeat(Math.max(0, filled - 1))}${filled > 0 ? '>' : ''}`.padEnd(barLength);
  const perSecond = seconds > 0 ? worked / seconds : 0;
  const left = perSecond > 0 && done < total ? `, ${span((total - done) / perSecond)} left` : '';
  return `[${bar}] ${done} of ${total}${perSecond > 0 ? `, ${Math.round(perSecond)}/s` : ''}${left}`;
}

function span(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
