import type { ComponentChildren, VNode } from 'preact';
import type { View } from '../http/route.ts';

interface LayoutProps {
  readonly view: View;
  readonly title: string;
  /** Scripts of the page; it works without them. */
  readonly scripts?: readonly string[];
  /** Signed-in pages show where else one can go. */
  readonly here?: 'drafts' | 'clients' | 'strangers' | 'live' | 'changes' | 'status' | 'client' | undefined;
  readonly wide?: boolean;
  /** Mails or faxes stand on it: their style comes along. */
  readonly hasMail?: boolean;
  /** Without scripts the page asks for itself again every so many seconds. */
  readonly refreshSeconds?: number;
  readonly children: ComponentChildren;
}

export function Layout({
  view,
  title,
  scripts = [],
  here,
  wide,
  hasMail,
  refreshSeconds,
  children,
}: LayoutProps): VNode {
  return (
    <html lang={view.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · ${view.texts.app}`}</title>
        <link rel="stylesheet" href={view.asset('letopis.css')} />
        {here === undefined ? null : <link rel="stylesheet" href={view.asset('pages.css')} />}
        {hasMail ? <link rel="stylesheet" href={view.asset('mail.css')} /> : null}
        <link rel="icon" href={view.asset('icon.svg')} />
        {scripts.map((script) => (
          <script key={script} type="module" src={view.asset(script)} />
        ))}
        {refreshSeconds === undefined ? null : (
          <noscript>
            <meta http-equiv="refresh" content={String(refreshSeconds)} />
          </noscript>
        )}
      </head>
      <body>
        {here === undefined ? null : <Nav view={view} here={here} />}
        <main class={wide ? 'wide' : undefined}>{children}</main>
      </body>
    </html>
  );
}

function Nav({ view, here }: { readonly view: View; readonly here: string }): VNode {
  const { nav } = view.texts;
  const seesSources = view.visitor?.role === 'supervisor' || view.visitor?.role === 'it';
  const sections = [
    ['drafts', '/', nav.drafts],
    ['clients', '/clients', nav.clients],
    ['strangers', '/strangers', view.texts.directory.strangers],
    ['live', '/live', nav.live],
    ...(view.visitor?.role === 'supervisor' ? [['changes', '/changes', view.texts.directory.changes] as const] : []),
    ...(seesSources ? [['status', '/status', nav.status] as const] : []),
  ] as const;
  return (
    <nav aria-label={nav.label}>
      {sections.map(([name, path, label]) => (
        <a key={name} href={view.href(path)} aria-current={here === name ? 'page' : undefined}>
          {label}
        </a>
      ))}
      <form method="post" action={view.href('/sign-out')}>
        <input type="hidden" name="proof" value={view.proof('sign-out')} />
        <button class="plain">{nav.signOut}</button>
      </form>
    </nav>
  );
}

/** A page that says one thing and what to do about it. */
export function Notice({
  view,
  title,
  text,
  children,
}: {
  readonly view: View;
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}): VNode {
  return (
    <Layout view={view} title={title}>
      <section class="notice">
        <h1>{title}</h1>
        <p>{text}</p>
        {children}
      </section>
    </Layout>
  );
}
