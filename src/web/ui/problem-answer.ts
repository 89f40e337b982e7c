import type { VNode } from 'preact';
import type { Answer, View } from '../http/route.ts';
import { page } from '../http/route.ts';
import type { Texts } from '../words/index.ts';
import { ProblemPage } from './problem.tsx';

export function problemPage(view: View, what: keyof Texts['errors'], status: number): Answer {
  const node: VNode = ProblemPage({ view, what });
  return page(node, status);
}
