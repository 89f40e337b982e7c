import type { ComponentChildren, VNode } from 'preact';
import type { View } from '../http/route.ts';

/** A form of a few fields; what the fields showed goes along, so that two people who correct the same do not meet unseen. */
export function SmallForm({
  view,
  action,
  purpose,
  seen = {},
  children,
}: {
  readonly view: View;
  /** Below the base path. */
  readonly action: string;
  readonly purpose: string;
  readonly seen?: Readonly<Record<string, string | null>>;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <form method="post" action={view.href(action)} class="fields">
      <input type="hidden" name="proof" value={view.proof(purpose)} />
      {Object.entries(seen).map(([name, value]) => (
        <input key={name} type="hidden" name={`seen.${name}`} value={value ?? ''} />
      ))}
      {children}
    </form>
  );
}

export function Field({
  label,
  name,
  value,
  type = 'text',
  hint,
  required,
}: {
  readonly label: string;
  readonly name: string;
  readonly value: string | null;
  readonly type?: 'text' | 'date';
  readonly hint?: string;
  readonly required?: boolean;
}): VNode {
  if (type === 'date') {
    return (
      <label>
        {label}
        <input type="date" name={name} value={value ?? ''} />
      </label>
    );
  }
  return (
    <label>
      {label}
      <input type="text" name={name} value={value ?? ''} maxLength={200} placeholder={hint} required={required} />
    </label>
  );
}

/** What a note may have, by the API too. */
export const longestNote = 4000;

/** A text of several lines. */
export function NoteField({
  label,
  name,
  value,
}: {
  readonly label: string;
  readonly name: string;
  readonly value: string | null;
}): VNode {
  return (
    <label>
      {label}
      <textarea name={name} rows={3} maxLength={longestNote} value={value ?? ''} />
    </label>
  );
}

export function Select({
  label,
  name,
  value,
  options,
}: {
  readonly label: string;
  readonly name: string;
  readonly value: string | null;
  readonly options: readonly (readonly [value: string, label: string])[];
}): VNode {
  return (
    <label>
      {label}
      <select name={name}>
        {options.map(([one, words]) => (
          <option key={one} value={one} selected={one === (value ?? '')}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Check({
  label,
  name,
  value = '1',
  checked = false,
}: {
  readonly label: string;
  readonly name: string;
  readonly value?: string;
  readonly checked?: boolean;
}): VNode {
  return (
    <label class="choice">
      <input type="checkbox" name={name} value={value} checked={checked} />
      <span>{label}</span>
    </label>
  );
}

/** What just happened, with the way to take it back. */
export function Told({
  view,
  words,
  setId,
}: {
  readonly view: View;
  readonly words: string;
  readonly setId: string | null;
}): VNode {
  return (
    <p class="told" role="status">
      {words}
      {setId === null ? null : (
        <>
          {' '}
          <a href={view.href(`/changes/${setId}`)}>{view.texts.directory.toUndo}</a>
        </>
      )}
    </p>
  );
}

export function Trouble({ words }: { readonly words: readonly string[] }): VNode | null {
  if (words.length === 0) return null;
  return (
    <div class="trouble" role="alert">
      {words.map((one) => (
        <p key={one}>{one}</p>
      ))}
    </div>
  );
}
