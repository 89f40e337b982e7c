const earliest = Date.UTC(1900, 0, 1);
const latest = Date.UTC(2201, 0, 1);

/**
 * The one door for text from outside. PostgreSQL refuses NUL in text (22021), \u0000 and lone surrogates in jsonb (22P05,
 * 22P02): each becomes U+FFFD, so what was there is still seen to have been there.
 */
export function pgSafe(text: string): string {
  return (text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text).toWellFormed();
}

/**
 * The same for whatever goes into a jsonb column, deep, keys included; what JSON cannot say (NaN, undefined, functions)
 * becomes what JSON.stringify makes of it, and a Date its ISO text. Never throws: a circle is cut, a bigint becomes text.
 */
export function pgSafeJson(value: unknown): unknown {
  return safeJson(value, new Set());
}

/** pgSafeJson as text, to bind: node-postgres would write a plain array as an SQL array, not as JSON. */
export function json(value: unknown): string {
  return cleanJson(value) ?? JSON.stringify(pgSafeJson(value) ?? null);
}

/** Nearly everything is clean, and looking for the escape that NUL or a lone surrogate gets is ten times faster. */
function cleanJson(value: unknown): string | null {
  try {
    const text: string | undefined = JSON.stringify(value);
    return text === undefined || text.includes('\\u') ? null : text;
  } catch {
    return null; // a circle or a bigint
  }
}

/** A time PostgreSQL and people can use, or null: years outside 1900..2200 and Invalid Date are no facts. */
export function clampDate(date: Date): Date | null {
  const ms = date.getTime();
  return ms >= earliest && ms < latest ? date : null;
}

function safeJson(value: unknown, above: ReadonlySet<object>): unknown {
  if (typeof value === 'string') return pgSafe(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (above.has(value)) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  const within = new Set(above).add(value);
  if (Array.isArray(value)) return value.map((one: unknown) => safeJson(one, within));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [pgSafe(key), safeJson(one, within)]));
}
