/** A compiled pattern of the configuration; tested against the whole text it was written for. */
export interface Pattern {
  test(text: string): boolean;
}
