import { renderToString } from 'preact-render-to-string';
import type { AsSent } from '../../mail/index.ts';
import type { ContactView, MailView } from '../../store/contacts/contacts.ts';
import type { View } from '../http/route.ts';
import { moment } from '../ui/facts.tsx';
import { parties, subjectOf } from './letter.tsx';

const end = '</section>';
/** What is wider than the screen is moved in its box, by keys too. */
const movable = { tabIndex: 0 };

/**
 * A mail as it was sent: a document of its own, which the policy of its answer keeps in a sandbox (notes/security.md, X2).
 * Our line stands above, the mail in a box that nothing of it can leave.
 */
export function asSentDocument(shown: {
  readonly view: View;
  readonly contact: ContactView;
  readonly mail: MailView;
  readonly sent: AsSent;
}): string {
  const { view, contact, mail, sent } = shown;
  const t = view.texts.mail;
  const subject = subjectOf(view, mail);
  const head = renderToString(
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{`${subject} · ${view.texts.app}`}</title>
      <style>{style}</style>
    </head>,
  );
  const above = renderToString(
    <header>
      <a href={view.href(backOf(view, contact))}>{t.back}</a>
      <h1>{subject}</h1>
      <p>{`${parties(view, mail)} · ${moment(view, contact.startedAt)}`}</p>
      <p>{sent.html === null ? t.asText : t.noRemote}</p>
    </header>,
  );
  const box = renderToString(
    <section class={sent.html === null ? 'mail text' : 'mail'} aria-label={subject} {...movable}>
      {sent.html === null ? sent.text : null}
    </section>,
  );
  // Clean and balanced HTML stands as it is, text was drawn like every other.
  const body = `<main>${box.slice(0, -end.length)}${sent.html ?? ''}${end}</main>`;
  return `<!doctype html><html lang="${view.language}">${head}<body>${above}${body}</body></html>`;
}

function backOf({ visitor }: View, { id, ownerId, clientId }: ContactView): string {
  if (visitor?.id === ownerId) return `/contact/${id}`;
  return clientId === null ? '/' : `/c/${clientId}#${id}`;
}

/** Mails are written for white paper, and `contain` makes the box the end of the world for whatever is placed in it. */
const style = `
:root { color-scheme: light dark; --paper: #f5f3ee; --ink: #1e2422; --soft: #586159; --main: #1d5c4d }
@media (prefers-color-scheme: dark) { :root { --paper: #131716; --ink: #e8ece9; --soft: #a3aea7; --main: #84d3b8 } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere }
header, main { max-width: 60rem; margin: 0 auto; padding: .5rem 1rem }
header a { display: inline-block; padding: .6rem 0; color: var(--main) }
h1 { margin: .1rem 0; font-size: 1.35rem; line-height: 1.2 }
header p { margin: .2rem 0; color: var(--soft); font-size: .9rem }
main { padding: 0 0 2rem }
.mail { color-scheme: light; padding: 1rem; background: #fff; color: #1e2422; overflow: auto; contain: layout paint }
.text { white-space: pre-wrap }
.mail img { max-width: 100%; height: auto }
.mail p.MsoNormal { margin: 0 }
`;
