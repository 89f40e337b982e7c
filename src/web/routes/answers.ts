import type { VNode } from 'preact';
import { ProblemPage } from '../pages/problem.tsx';
import type { Answer, View } from '../route.ts';
import { page } from '../route.ts';
import type { Texts } from '../texts/index.ts';

export function problemPage(view: View, what: keyof Texts['errors'], status: number): Answer {
  const node: VNode = ProblemPage({ view, what });
  return page(node, status);
}
