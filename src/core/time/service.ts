import { afterWorking, type Calendar, type Duration, hoursOf, momentAt, officeTime, workdayAfter } from './calendar.ts';
import type { IsoDay } from './wall-time.ts';

/** By when an answer is owed. `workdays: 0` is the day the contact counts for. Minutes since midnight, office time. */
export type DueBy =
  | { readonly kind: 'day'; readonly workdays: number; readonly at: number | 'closing' }
  | { readonly kind: 'working-time'; readonly minutes: number };

/** One line of `service:` in the YAML; the order is the order of trial. */
export type ServiceRule =
  | {
      readonly kind: 'cut-off';
      /** Minutes since midnight, office time; 1440 is "else": it also takes days off and what comes after closing. */
      readonly receivedBefore: number;
      readonly dueBy: DueBy;
      /** The share that should be answered in time, 0..1; null: not measured. */
      readonly goal: number | null;
    }
  | { readonly kind: 'rest'; readonly within: Duration; readonly progressNotes: 'daily' | 'weekly' | 'never' };

export interface Deadline {
  readonly dueAt: Date;
  /** Index of the rule that decided, 0 for the first. */
  readonly rule: number;
}

/**
 * By when must the client have his answer? The first cut-off rule whose time is still ahead decides (14:00:00 sharp is
 * no longer before 14:00). Before opening on a working day counts as that day; a day off and the time after closing are
 * "else", the rule `receivedBefore: "24:00"`. `rest` is about what stays open after the deadline; it decides only where
 * no cut-off rule does.
 *
 * Null when no rule speaks of that time. Always later than `receivedAt`.
 */
export function dueAt(receivedAt: Date, rules: readonly ServiceRule[], calendar: Calendar): Deadline | null {
  const { day, minutes } = officeTime(receivedAt, calendar.zone);
  const hours = hoursOf(day, calendar);
  if (hours !== null && minutes < hours.until) {
    const rule = rules.findIndex((r) => r.kind === 'cut-off' && minutes < r.receivedBefore);
    const due = deadline(rule, rules, receivedAt, day, calendar);
    // In the night the clock is set back, a closing time may be over although the clock shows an earlier one.
    if (due !== null && due.dueAt > receivedAt) return due;
  }
  const otherwise = rules.findIndex((r) => r.kind === 'cut-off' && r.receivedBefore >= 1440);
  const rule = otherwise >= 0 ? otherwise : rules.findIndex((r) => r.kind === 'rest');
  return deadline(rule, rules, receivedAt, null, calendar);
}

/** `today`: the working day the contact still counts for, null when that day is over or off. */
function deadline(
  index: number,
  rules: readonly ServiceRule[],
  receivedAt: Date,
  today: IsoDay | null,
  calendar: Calendar,
): Deadline | null {
  const rule = rules[index];
  if (rule === undefined) return null;
  const dueBy = rule.kind === 'cut-off' ? rule.dueBy : restDueBy(rule.within);
  return { rule: index, dueAt: momentOfDue(dueBy, receivedAt, today, calendar) };
}

/** Working days end at closing; hours are hours of working time: what nobody could have done at night is not owed at night. */
function restDueBy(within: Duration): DueBy {
  return within.unit === 'workdays'
    ? { kind: 'day', workdays: within.workdays, at: 'closing' }
    : { kind: 'working-time', minutes: within.minutes };
}

function momentOfDue(dueBy: DueBy, receivedAt: Date, today: IsoDay | null, calendar: Calendar): Date {
  if (dueBy.kind === 'working-time') return afterWorking(receivedAt, dueBy.minutes, calendar);
  const { day } = officeTime(receivedAt, calendar.zone);
  const target =
    dueBy.workdays === 0 && today !== null ? today : workdayAfter(day, Math.max(1, dueBy.workdays), calendar);
  const closing = hoursOf(target, calendar)?.until ?? 1440;
  return momentAt(target, dueBy.at === 'closing' ? closing : dueBy.at, calendar.zone);
}
