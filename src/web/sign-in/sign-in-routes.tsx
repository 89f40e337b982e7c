import { readEmail } from '../../core/email.ts';
import { fill, oneLine } from '../../core/text.ts';
import { hashOf, looksLikeToken, sameProof } from '../../core/token.ts';
import { mailSignInLink, signInMinutes } from '../../prompt/sign-in.ts';
import { absoluteSeconds, addSession, endSession, signInIsOpen, useSignIn } from '../../store/access/sessions.ts';
import { setCookie } from '../http/guard.ts';
import { type Answer, page, type Route, redirect, type View, type Web } from '../http/route.ts';
import { createThrottle } from '../http/throttle.ts';
import { Notice } from '../ui/layout.tsx';
import { problemPage } from '../ui/problem-answer.ts';
import { EnterPage, SignInPage } from './sign-in-page.tsx';

export function signInRoutes(web: Web): Route[] {
  const askings = createThrottle(web.clock, 10, 60_000);
  const wrongTokens = createThrottle(web.clock, 10, 60_000);
  return [
    {
      method: 'GET',
      path: '/sign-in',
      auth: 'open',
      answer: async ({ view, session }) =>
        session ? redirect(view.href('/')) : page(<SignInPage view={view} email="" wrong={false} />),
    },
    {
      method: 'POST',
      path: '/sign-in',
      auth: 'open',
      async answer({ view, fields, ip }) {
        const typed = oneLine(fields.get('email').slice(0, 320));
        const { email } = readEmail(typed);
        if (email === null) return page(<SignInPage view={view} email={typed} wrong />, 422);
        if (!askings.hit(ip)) return problemPage(view, 'tooMany', 429);
        mailInBackground(web, view, email);
        const t = view.texts.signIn;
        return page(<Notice view={view} title={t.sentTitle} text={fill(t.sent, { minutes: String(signInMinutes) })} />);
      },
    },
    {
      method: 'GET',
      path: '/sign-in/:token',
      auth: 'open',
      async answer({ view, params, ip }) {
        const token = params['token'] ?? '';
        const isGood = looksLikeToken(token) && (await signInIsOpen(web.db, hashOf(token), web.clock.now()));
        if (isGood) return page(<EnterPage view={view} action={view.href(`/sign-in/${token}`)} />);
        return wrongTokens.hit(ip) ? deadSignIn(view) : problemPage(view, 'tooMany', 429);
      },
    },
    {
      method: 'POST',
      path: '/sign-in/:token',
      auth: 'open',
      async answer({ view, params, ip, session }) {
        const token = params['token'] ?? '';
        const employeeId = looksLikeToken(token) ? await useSignIn(web.db, hashOf(token), web.clock.now()) : null;
        if (employeeId === null) return wrongTokens.hit(ip) ? deadSignIn(view) : problemPage(view, 'tooMany', 429);
        if (session) await endSession(web.db, session.hash);
        const fresh = Buffer.from(web.randomBytes(32)).toString('base64url');
        await addSession(web.db, hashOf(fresh), employeeId, web.clock.now());
        web.log.info({ employee: employeeId }, 'session.began');
        return redirect(view.href('/'), setCookie(web.isHttps, fresh, absoluteSeconds));
      },
    },
    {
      method: 'POST',
      path: '/sign-out',
      auth: 'session',
      async answer({ view, fields, session }) {
        if (!sameProof(view.proof('sign-out'), fields.get('proof'))) return problemPage(view, 'badRequest', 403);
        if (session) await endSession(web.db, session.hash);
        return redirect(view.href('/sign-in'), setCookie(web.isHttps, '', 0));
      },
    },
  ];
}

/** Not awaited: whether the address is known must not show in how long the answer takes. */
function mailInBackground(web: Web, view: View, email: string): void {
  const { mailer } = web.prompts;
  mailSignInLink({ ...web, mailer, language: view.language }, email).catch((err: unknown) =>
    web.log.error({ err }, 'sign_in.not_mailed'),
  );
}

function deadSignIn(view: View): Answer {
  const t = view.texts.signIn;
  return page(
    <Notice view={view} title={t.title} text={t.dead}>
      <p>
        <a class="button" href={view.href('/sign-in')}>
          {t.again}
        </a>
      </p>
    </Notice>,
    404,
  );
}
