/** The fields of a posted form. A field sent twice counts by its first value. */
export interface Fields {
  /** Empty when the field is missing. */
  get(name: string): string;
}

export function fieldsOf(body: unknown): Fields {
  const values = new Map<string, string>();
  if (typeof body === 'object' && body !== null) {
    for (const [name, value] of Object.entries(body)) {
      const first: unknown = Array.isArray(value) ? value[0] : value;
      if (typeof first === 'string') values.set(name, first);
    }
  }
  return { get: (name) => values.get(name) ?? '' };
}
