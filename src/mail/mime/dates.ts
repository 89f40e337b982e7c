const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const zones: Readonly<Record<string, number>> = {
  ut: 0,
  gmt: 0,
  utc: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  msk: 180,
  msd: 240,
  eet: 120,
  eest: 180,
  cet: 60,
  cest: 120,
};

const form =
  /(\d{1,2})[\s-]+([a-z]{3})[a-z]*\.?[\s-]+(\d{2,5})[\s,]+(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2}))?\s*([+-]\d{4}|[a-z]{1,5})?/i;

/** A Date field (RFC 5322 §3.3, with its obsolete forms). Null when it is none, or lies outside 1970 … 2100. */
export function readDate(value: string | null): Date | null {
  const match = form.exec((value ?? '').slice(0, 200));
  if (match === null) return iso(value ?? '');
  const [, day, monthName = '', yearText = '', hour, minute, second, zone = ''] = match;
  const month = months.indexOf(monthName.toLowerCase());
  const short = Number(yearText);
  const year = yearText.length <= 2 ? short + (short < 50 ? 2000 : 1900) : short;
  if (month < 0) return null;
  const utc = Date.UTC(year, month, Number(day), Number(hour), Number(minute), Number(second ?? 0));
  return sane(new Date(utc - offsetMinutes(zone) * 60_000));
}

function offsetMinutes(zone: string): number {
  const numeric = /^([+-])(\d\d)(\d\d)$/.exec(zone);
  if (numeric === null) return zones[zone.toLowerCase()] ?? 0;
  const minutes = Number(numeric[2]) * 60 + Number(numeric[3]);
  return numeric[1] === '-' ? -minutes : minutes;
}

function iso(value: string): Date | null {
  const text = value.trim();
  return /^\d{4}-\d\d-\d\dT/.test(text) ? sane(new Date(text.slice(0, 40))) : null;
}

function sane(date: Date): Date | null {
  const year = date.getUTCFullYear();
  return Number.isFinite(date.getTime()) && year >= 1970 && year <= 2100 ? date : null;
}
