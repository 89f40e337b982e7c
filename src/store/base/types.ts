import pg from 'pg';

const { builtins } = pg.types;

/**
 * How values come back: bigint as number while it is exact (else as bigint), date as `YYYY-MM-DD` (a day has no zone),
 * timestamptz as Date, jsonb parsed; numeric stays text. Infinite times come as ±Infinity.
 */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (format !== 'binary' && oid === builtins.INT8) return parseInt8;
    if (format !== 'binary' && oid === builtins.DATE) return (text: string) => text;
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
  },
};

export function parseInt8(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
