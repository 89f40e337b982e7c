import type { VNode } from 'preact';
import { fill, oneLine } from '../../core/text.ts';
import type { Conflict } from '../../directory/roll-back/decide.ts';
import type { RolledBack } from '../../directory/roll-back/run.ts';
import type { LaterChange } from '../../store/history/roll-back.ts';
import type { View } from '../http/route.ts';
import { byAt } from '../ui/by-at.ts';
import { Check } from '../ui/fields.tsx';
import { valueWords } from '../ui/values.ts';

/** Of these kinds all can be marked at once: nobody marks five hundred. */
export const kindsTogether = ['used', 'changed'] as const;
export type KindTogether = (typeof kindsTogether)[number];

/** A field of the form; its value stands for what was seen. */
interface Mark {
  readonly name: string;
  readonly value: string;
}

export interface Confirming {
  one(conflict: Conflict): Mark;
  all(conflicts: readonly Conflict[], kind: KindTogether): Mark;
}

export interface ConflictsProps {
  readonly view: View;
  readonly look: RolledBack;
  /** Who wrote what stands there now. */
  readonly later: readonly LaterChange[];
  readonly names: ReadonlyMap<string, string>;
  readonly confirming: Confirming;
}

/** What stays as it is, and why; each, and all of one kind together, can be marked to be overwritten nevertheless. */
export function Conflicts({ view, look, later, names, confirming }: ConflictsProps): VNode {
  const t = view.texts.directory;
  return (
    <fieldset class="who">
      <legend>{`${t.conflicts}: ${look.left}`}</legend>
      <p class="small">{t.conflictsHow}</p>
      {kindsTogether.map((reason) => {
        const count = look.all.filter((one) => one.reason === reason).length;
        const { name, value } = confirming.all(look.all, reason);
        const label = fill(t.overwriteAll[reason], { count: String(count) });
        return count < 2 ? null : <Check key={reason} name={name} value={value} label={label} />;
      })}
      {look.conflicts.map((conflict) => {
        const { row, reason, now } = conflict;
        const by = later.find(({ entityId, field }) => entityId === row.entityId && field === row.field);
        const { name, value } = confirming.one(conflict);
        const what = `${oneLine(names.get(row.entityId) ?? '')} · ${t.fields[row.field] ?? row.field}`;
        return (
          <div key={row.id}>
            {reason === 'changed' || reason === 'used' ? (
              <Check name={name} value={value} label={`${t.overwrite}: ${what}`} />
            ) : (
              <p>{what}</p>
            )}
            <p class="small">
              {why(view, conflict)}
              {reason === 'changed'
                ? ` ${valueWords(view, row.field, row.old, names)} → ${valueWords(view, row.field, row.new, names)} → ${t.now}: ${valueWords(view, row.field, now, names)}`
                : ''}
              {by === undefined ? '' : ` · ${byAt(view, by.authorName, by.at)}`}
            </p>
          </div>
        );
      })}
    </fieldset>
  );
}

function why(view: View, { reason, uses }: Conflict): string {
  const t = view.texts.directory;
  switch (reason) {
    case 'changed':
      return '';
    case 'taken':
      return t.namesake;
    case 'unknown':
      return t.unknown;
    case 'used':
      return fill(t.used, {
        contacts: String(uses?.contacts ?? 0),
        things: String(uses?.things ?? 0),
        edits: String(uses?.edits ?? 0),
      });
  }
}
