import { renderToString } from 'preact-render-to-string';
import type { AsSent } from '../../mail/index.ts';
import type { ContactView, MailView } from '../../store/contacts.ts';
import type { View } from '../route.ts';
import { moment } from './facts.tsx';
import { parties, subjectOf } from './letter.tsx';

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
      <a href={view.href(contact.clientId === null ? '/' : `/c/${contact.clientId}#${contact.id}`)}>{t.back}</a>
      <h1>{subject}</h1>
      <p>{`${parties(view, mail)} · ${moment(view, contact.startedAt)}`}</p>
      <p>{sent.html === null ? t.asText : t.noRemote}</p>
    </header>,
  );
  // Clean and balanced HTML stands as it is, text is drawn like every other.
  const body =
    sent.html === null
      ? renderToString(<main class="text">{sent.text}</main>)
      : `<main><div class="mail">${sent.html}</div></main>`;
  return `<!doctype html><html lang="${view.language}">${head}<body>${above}${body}</body></html>`;
}

/** Mails are written for white paper, and `contain` makes the box the end of the world for whatever is placed in it. */
const style = `
:root { color-scheme: light dark }
body { margin: 0; font: 1rem/1.45 system-ui, sans-serif; background: light-dark(#f5f3ee, #131716); color: light-dark(#1e2422, #e8ece9); overflow-wrap: anywhere }
header { max-width: 60rem; margin: 0 auto; padding: .75rem 1rem }
header a { display: inline-block; padding: .6rem 0; color: light-dark(#1d5c4d, #84d3b8) }
h1 { margin: .1rem 0; font-size: 1.35rem; line-height: 1.2 }
header p { margin: .2rem 0; color: light-dark(#586159, #a3aea7); font-size: .9rem }
main { max-width: 60rem; margin: 0 auto; padding: 0 0 2rem }
.mail, .text { color-scheme: light; background: #fff; color: #1e2422; padding: 1rem; overflow: auto; contain: layout paint }
.text { white-space: pre-wrap }
.mail img { max-width: 100%; height: auto }
.mail p.MsoNormal { margin: 0 }
`;
