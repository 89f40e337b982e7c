import { oneLine } from '../../core/text.ts';
import { type Choices, chosenFields } from '../../directory/merge/decide.ts';
import { mergeClients } from '../../directory/merge/run.ts';
import { clientHead, findClients } from '../../store/directory/clients.ts';
import { countContacts } from '../../store/directory/merging.ts';
import { isUuid } from '../contact/desk.ts';
import { type Answer, page, type Route, redirect, type Visit, type Web } from '../http/route.ts';
import { isProven } from '../ui/form-parsing.ts';
import { problemPage } from '../ui/problem-answer.ts';
import { MergePage } from './merge-page.tsx';

/** Two clients become one. Supervisors only. */
export function mergeRoutes(web: Web): Route[] {
  return [
    { method: 'GET', path: '/c/:id/merge', auth: 'supervisor', answer: (visit) => showMerge(web, visit, '') },
    { method: 'POST', path: '/c/:id/merge', auth: 'supervisor', answer: (visit) => merge(web, visit) },
  ];
}

async function showMerge(
  web: Web,
  visit: Visit,
  wanted: string,
  status = 200,
  trouble: readonly string[] = [],
): Promise<Answer> {
  const { view, params, query } = visit;
  const id = params['id'] ?? '';
  const kept = isUuid(id) ? await clientHead(web.db, id) : null;
  if (kept === null) return problemPage(view, 'notFound', 404);
  const words = oneLine(query['q'] ?? '').slice(0, 200);
  const other = wanted || (query['with'] ?? '');
  const gone = isUuid(other) ? await clientHead(web.db, other) : null;
  const found = words === '' ? [] : await findClients(web.db, words, 10);
  return page(
    <MergePage
      view={view}
      kept={kept}
      words={words}
      found={found.filter((one) => one.id !== kept.id)}
      gone={
        gone === null || gone.id === kept.id ? null : { client: gone, contacts: await countContacts(web.db, gone.id) }
      }
      trouble={trouble}
    />,
    status,
  );
}

async function merge(web: Web, visit: Visit): Promise<Answer> {
  const { view, params, fields, session } = visit;
  const t = view.texts.directory;
  const [kept, gone] = [params['id'] ?? '', fields.get('with')];
  if (!isUuid(kept) || !isUuid(gone)) return problemPage(view, 'notFound', 404);
  if (!isProven(visit, `merge ${kept} ${gone}`)) return showMerge(web, visit, gone, 403, [t.problems.stale]);
  const choices: Choices = Object.fromEntries(
    chosenFields.flatMap((field) => {
      const choice = fields.get(field);
      return choice === 'kept' || choice === 'gone' ? [[field, choice]] : [];
    }),
  );
  const by = { authorId: session?.visitor.id ?? null, via: 'session' } as const;
  const done = await mergeClients(web.db, { kept, gone, choices }, by);
  if (done.kind === 'refused') return showMerge(web, visit, gone, 409, [t.mergeRefused[done.why]]);
  web.log.info({ set: done.setId, kept, gone, contacts: done.contacts }, 'client.merged');
  return redirect(view.href(`/c/${kept}?did=${done.setId}`));
}
