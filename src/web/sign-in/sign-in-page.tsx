import type { VNode } from 'preact';
import type { View } from '../http/route.ts';
import { Layout, Notice } from '../ui/layout.tsx';

/** Asks for the address the sign-in link goes to. */
export function SignInPage({
  view,
  email,
  wrong,
}: {
  readonly view: View;
  readonly email: string;
  readonly wrong: boolean;
}): VNode {
  const t = view.texts.signIn;
  return (
    <Layout view={view} title={t.title}>
      <section class="notice">
        <h1>{t.title}</h1>
        <p>{t.text}</p>
        <form method="post" action={view.href('/sign-in')}>
          {wrong ? (
            <p class="trouble" role="alert">
              {t.notAnAddress}
            </p>
          ) : null}
          <label for="email">{t.email}</label>
          <input id="email" type="email" name="email" autocomplete="email" required autofocus value={email} />
          <button>{t.send}</button>
        </form>
      </section>
    </Layout>
  );
}

/** Behind a sign-in link: a button, because mail scanners open every link they see. */
export function EnterPage({ view, action }: { readonly view: View; readonly action: string }): VNode {
  const t = view.texts.signIn;
  return (
    <Notice view={view} title={t.title} text={t.press}>
      <form method="post" action={action}>
        <button>{t.enter}</button>
      </form>
    </Notice>
  );
}

/** The link is wrong, too old or revoked; which of them it is, is nobody's business. */
export function DeadLinkPage({ view, action }: { readonly view: View; readonly action: string }): VNode {
  const t = view.texts.dead;
  return (
    <Notice view={view} title={t.title} text={t.text}>
      <form method="post" action={action}>
        <button>{t.renew}</button>
      </form>
    </Notice>
  );
}
