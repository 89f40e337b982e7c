import { hashOf, looksLikeToken } from '../../core/token.ts';
import { renewLink } from '../../prompt/run.ts';
import { linkByHash } from '../../store/prompts/prompts.ts';
import { type Answer, page, type Route, type Visit, type Web } from '../http/route.ts';
import { createThrottle } from '../http/throttle.ts';
import { Notice } from '../ui/layout.tsx';
import { problemPage } from '../ui/problem-answer.ts';
import { keepDraft, rememberContact, saveForm, showDone, showForm, undoSave } from './completion.tsx';
import { type Desk, isAnswer, linkDesk, sessionDesk } from './desk.ts';
import { paperRoutes } from './paper-routes.tsx';

/** The completion page, by the link of a prompt and for who is signed in. */
export function completionRoutes(web: Web): Route[] {
  const wrongTokens = createThrottle(web.clock, 10, 60_000);
  const renewals = createThrottle(web.clock, 10, 60_000);
  const behindLink = (visit: Visit) => linkDesk(web, wrongTokens, visit);
  const byLink = at(behindLink, (method, path, answer) => ({ method, path: `/d/:token${path}`, auth: 'link', answer }));
  const bySession = at(
    (visit) => sessionDesk(web, visit),
    (method, path, answer) => ({ method, path: `/contact/:id${path}`, auth: 'session', answer }),
  );
  return [
    ...[byLink, bySession].flatMap((place) => [
      place('GET', '', (desk, visit) => showForm(web, desk, visit)),
      place('POST', '', (desk, visit) => saveForm(web, desk, visit.fields)),
      place('GET', '/done', (desk, visit) => showDone(web, desk, visit)),
      place('POST', '/undo', (desk, visit) => undoSave(web, desk, visit.fields)),
      place('POST', '/remember', (desk, visit) => rememberContact(web, desk, visit.fields)),
      place('POST', '/typing', (desk, visit) => keepDraft(web, desk, visit.fields)),
    ]),
    ...paperRoutes(web, behindLink),
    {
      method: 'POST',
      path: '/d/:token/renew',
      auth: 'link',
      async answer(visit) {
        if (!renewals.hit(visit.ip)) return problemPage(visit.view, 'tooMany', 429);
        await renew(web, visit.params['token'] ?? '');
        const t = visit.view.texts.dead;
        return page(<Notice view={visit.view} title={t.sentTitle} text={t.sent} />);
      },
    },
  ];
}

/** Sends a new link to the address on file; the page says the same whether or not there was anything to send. */
async function renew(web: Web, token: string): Promise<void> {
  const link = looksLikeToken(token) ? await linkByHash(web.db, hashOf(token)) : null;
  if (!link) return;
  renewLink(web.prompts, link.contactId, link.employeeId).catch((err: unknown) =>
    web.log.error({ err, contact: link.contactId }, 'prompt.not_renewed'),
  );
}

type Work = (desk: Desk, visit: Visit) => Promise<Answer>;

/** The same six doors at two places: each finds its desk first, and answers for itself when there is none. */
function at(
  find: (visit: Visit) => Promise<Desk | Answer>,
  route: (method: Route['method'], path: string, answer: Route['answer']) => Route,
): (method: Route['method'], path: string, work: Work) => Route {
  return (method, path, work) =>
    route(method, path, async (visit) => {
      const desk = await find(visit);
      return isAnswer(desk) ? desk : work(desk, visit);
    });
}
