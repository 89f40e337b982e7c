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

/** Does the work and tells how many units it did. */
export type Way = () => Promise<number> | number;

/** Waits, before each round, for what one of the ways goes on with afterwards: it is not to slow down the other. */
export type Between = () => Promise<void> | void;

/**
 * Times two ways of doing the same work in short rounds, one after the other and in turn first, so that a neighbour's load
 * and a warm cache fall on both. One round of each runs before, unmeasured.
 */
export async function compare(ours: Way, theirs: Way, rounds = 7, between?: Between): Promise<Comparison> {
  const [own = [], other = []] = await timeInTurn([ours, theirs], rounds, between);
  return comparisonOf(own, other);
}

/** The same with several others, each of whom ours is compared with. */
export async function compareEach(ours: Way, others: readonly Way[], rounds = 7): Promise<readonly Comparison[]> {
  const [own = [], ...rest] = await timeInTurn([ours, ...others], rounds);
  return rest.map((other) => comparisonOf(own, other));
}

/** @returns seconds per unit, round by round, of each way */
async function timeInTurn(
  ways: readonly Way[],
  rounds: number,
  between: Between = () => {},
): Promise<readonly (readonly number[])[]> {
  for (const way of ways) await way();
  const timed = ways.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < ways.length; turn++) {
      const at = (round + turn) % ways.length;
      const way = ways[at];
      await between();
      if (way) timed[at]?.push(await secondsPerUnit(way));
    }
  }
  return timed;
}

function comparisonOf(ours: readonly number[], theirs: readonly number[]): Comparison {
  const ratios = ours.map((seconds, round) => (theirs[round] ?? Number.NaN) / seconds);
  return {
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    oursSeconds: median(ours),
    theirsSeconds: median(theirs),
  };
}

export async function secondsPerUnit(work: Way): Promise<number> {
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

/** Something that is better the lower it is. @param unit with the space in front of it, where it has one */
export function atMost(what: string, goal: number, measured: number, unit: string, remark: string): Result {
  const digits = measured < 10 ? 2 : 0;
  return {
    what,
    measured: `${measured.toFixed(digits)}${unit}`,
    goal: `≤ ${goal}${unit}`,
    met: measured <= goal,
    remark,
  };
}

/** LETOPIS_BENCH_SCALE=0.1: a trial with a tenth of the work; its figures are none. */
export const scale = Number(process.env['LETOPIS_BENCH_SCALE'] ?? '1');

export function scaled(count: number): number {
  return Math.max(1, Math.round(count * scale));
}

/** Something that went wrong makes every speed worthless. */
export function require(holds: boolean, complaint: string): void {
  if (!holds) throw new Error(complaint);
}
