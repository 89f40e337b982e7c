import type { VNode } from 'preact';
import { addDays, wallTime } from '../../core/time/wall-time.ts';
import type { View } from '../http/route.ts';
import { Chip } from '../ui/chip.tsx';
import type { GistForm } from './gist-form.ts';

/** What is to follow and when. The days are drawn always and hidden by the style while nothing is to follow. */
export function NextStepChoice({
  view,
  form,
  callBack,
}: {
  readonly view: View;
  readonly form: GistForm;
  readonly callBack: boolean;
}): VNode {
  const t = view.texts.form;
  const today = wallTime(view.now, view.zone).day;
  const days = [
    ['', t.noDay],
    [addDays(today, 1), t.tomorrow],
    [addDays(today, 3), t.inThreeDays],
    [monday(today), t.monday],
  ] as const;
  const chips = days.filter(([day], i) => days.findIndex(([other]) => other === day) === i);
  const isChip = chips.some(([day]) => day === form.on);
  const steps = [
    ['', callBack ? t.nextNotNeeded : t.nextNone],
    ['call', callBack ? t.nextCallBack : t.nextCall],
    ['meeting', t.nextMeeting],
  ] as const;
  return (
    <fieldset class="next">
      <legend>{t.next}</legend>
      <div class="chips">
        {steps.map(([value, label]) => (
          <Chip key={value} name="next" value={value} label={label} checked={form.next === value} />
        ))}
      </div>
      <fieldset class="chips when" aria-label={t.when}>
        {chips.map(([day, label]) => (
          <Chip key={day} name="on" value={day} label={label} checked={isChip ? form.on === day : day === ''} />
        ))}
        <input type="date" name="day" min={today} aria-label={t.otherDay} value={isChip ? '' : form.on} />
      </fieldset>
    </fieldset>
  );
}

/** The next Monday after this day. */
function monday(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, (8 - weekday) % 7 || 7);
}
