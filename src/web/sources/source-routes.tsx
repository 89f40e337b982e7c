import { sameProof } from '../../core/token.ts';
import { answerHeld } from '../../store/sources/sources.ts';
import { type Answer, type Route, redirect, type Visit, type Web } from '../http/route.ts';
import { problemPage } from '../ui/problem-answer.ts';

/** What supervisors and IT decide about the sources of clients. */
export function sourceRoutes(web: Web): Route[] {
  return [
    { method: 'POST', path: '/status/sources/:name', auth: 'oversight', answer: (visit) => answerSource(web, visit) },
  ];
}

/** Pressed twice, or about something that was read anew meanwhile: nothing happens, and the page shows how it stands. */
async function answerSource(web: Web, { params, fields, view, session }: Visit): Promise<Answer> {
  const name = params['name'] ?? '';
  if (!sameProof(view.proof(`source ${name}`), fields.get('proof'))) return problemPage(view, 'badRequest', 403);
  const answer = fields.get('answer');
  const count = Number.parseInt(fields.get('count'), 10);
  if ((answer !== 'accept' && answer !== 'discard') || !Number.isSafeInteger(count) || count < 0 || count > 2 ** 31 - 1)
    return problemPage(view, 'badRequest', 400);
  const isTaken = await answerHeld(web.db, name, count, answer, session?.visitor.id ?? null);
  if (isTaken) web.log.info({ source: name, answer, count, employee: session?.visitor.id }, 'source.answered');
  return redirect(view.href('/status'));
}
