import type { VNode } from 'preact';
import type { View } from '../http/route.ts';
import type { Texts } from '../words/index.ts';
import { Notice } from './layout.tsx';

/** What went wrong and what to do, with the way home. */
export function ProblemPage({ view, what }: { readonly view: View; readonly what: keyof Texts['errors'] }): VNode {
  const [title, cure] = view.texts.errors[what];
  return (
    <Notice view={view} title={title} text={cure}>
      <p>
        <a href={view.href('/')}>{view.texts.home}</a>
      </p>
    </Notice>
  );
}
