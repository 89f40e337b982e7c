/**
 * After how many seconds the next try follows, try by try; after the last it is given up. The schedule of the Standard
 * Webhooks specification: a bit more than three days, so a target that was down over a week-end misses nothing.
 */
const pausesSeconds = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;

/** Milliseconds until the next try after `attempts` failed ones; null: no more. */
export function pauseAfter(attempts: number): number | null {
  const seconds = pausesSeconds[attempts - 1];
  return seconds === undefined ? null : seconds * 1000;
}

/** What came back from a target. */
export type Reply =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfter: string | null; readonly text: string }
  | { readonly kind: 'nothing'; readonly why: string };

export type Verdict =
  | { readonly kind: 'accepted'; readonly status: number }
  | {
      readonly kind: 'refused';
      readonly status: number | null;
      readonly error: string;
      /** It wants no more, ever. */
      readonly gone: boolean;
      /** How long it asked to be left alone. */
      readonly waitMs: number | null;
    };

/** Longest a target may ask to be left alone. */
const longestWaitMs = 86_400_000;

/** Only 2xx is a yes. A redirect is none: the secret's owner is the address that stands in the YAML. */
export function judge(reply: Reply, now: Date): Verdict {
  if (reply.kind === 'nothing') return { kind: 'refused', status: null, error: reply.why, gone: false, waitMs: null };
  const { status, text } = reply;
  if (status >= 200 && status < 300) return { kind: 'accepted', status };
  const said = text.trim() === '' ? '' : `: ${text.trim()}`;
  const error = status >= 300 && status < 400 ? `${status}, redirects are not followed` : `${status}${said}`;
  const waits = status === 429 || status === 503;
  return { kind: 'refused', status, error, gone: status === 410, waitMs: waits ? waitOf(reply.retryAfter, now) : null };
}

/** RFC 9110 §10.2.3: seconds or a date. */
function waitOf(header: string | null, now: Date): number | null {
  if (header === null) return null;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, longestWaitMs) : null;
}

/** From so many failures on, one after the other, the target itself is taken to be down and asked by one event at a time. */
export const downAfter = 5;

/** How long a target is left alone after so many failures in a row; null: not at all, it may be the one event. */
export function holdAfter(failures: number): number | null {
  if (failures < downAfter) return null;
  return Math.min(600_000, 5000 * 2 ** Math.min(failures - downAfter, 10));
}
