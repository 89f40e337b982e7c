import type { VNode } from 'preact';

/** One of several answers, as wide as its words and as high as a thumb. */
export function Chip(props: {
  readonly name: string;
  readonly value: string;
  readonly label: string;
  readonly checked: boolean;
}): VNode {
  return (
    <label class="chip">
      <input type="radio" name={props.name} value={props.value} checked={props.checked} />
      <span>{props.label}</span>
    </label>
  );
}
