/** One number of a benchmark, held against its goal. */
export interface Result {
  readonly what: string;
  /** With its unit: `1.83×`, `2.1 s`. */
  readonly measured: string;
  readonly goal: string;
  readonly met: boolean;
  /** How far single rounds lay apart, and the plain numbers behind the ratio. */
  readonly remark: string;
}

export type Benchmark = () => Promise<readonly Result[]>;

export interface Comparison {
  /** Speed of `ours` in speeds of `theirs`, median over the rounds. */
  readonly ratio: number;
  readonly lowest: number;
  readonly highest: number;
  /** Median seconds of a round. */
  readonly oursSeconds: number;
  readonly theirsSeconds: number;
}

/**
 * Times two ways of doing the same work in short rounds, one after the other and in turn first, so that a neighbour's load
 * and a warm cache fall on both. One round of each runs before, unmeasured. Each way tells how many units it did.
 */
export async function compare(
  ours: () => Promise<number> | number,
  theirs: () => Promise<number> | number,
  rounds = 7,
): Promise<Comparison> {
  await ours();
  await theirs();
  const timed: { readonly ours: number; readonly theirs: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = await secondsPerUnit(round % 2 === 0 ? ours : theirs);
    const second = await secondsPerUnit(round % 2 === 0 ? theirs : ours);
    timed.push(round % 2 === 0 ? { ours: first, theirs: second } : { ours: second, theirs: first });
  }
  const ratios = timed.map((round) => round.theirs / round.ours);
  return {
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    oursSeconds: median(timed.map((round) => round.ours)),
    theirsSeconds: median(timed.map((round) => round.theirs)),
  };
}

async function secondsPerUnit(work: () => Promise<number> | number): Promise<number> {
  globalThis.gc?.(); // what the other one left behind is not ours to clear
  const begin = performance.now();
  const units = await work();
  return (performance.now() - begin) / 1000 / units;
}

/** `of`: 0.5 is the median. */
export function quantile(values: readonly number[], of: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * of) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** A ratio that is better the higher it is. */
export function atLeast(what: string, goal: number, { ratio, lowest, highest }: Comparison, remark: string): Result {
  return {
    what,
    measured: `${ratio.toFixed(2)}×`,
    goal: `≥ ${goal}×`,
    met: ratio >= goal,
    remark: `rounds ${lowest.toFixed(2)}–${highest.toFixed(2)}; ${remark}`,
  };
}

/** Something that went wrong makes every speed worthless. */
export function require(holds: boolean, complaint: string): void {
  if (!holds) throw new Error(complaint);
}
