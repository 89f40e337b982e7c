import type { VNode } from 'preact';

interface MailboxMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly at: Date;
  readonly links: readonly string[];
}

/** The demo's mailbox, one for everybody in the office; asks for itself again every three seconds. */
export function MailboxPage({ mails, css }: { readonly mails: readonly MailboxMail[]; readonly css: string }): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="refresh" content="3" />
        <meta name="color-scheme" content="light dark" />
        <title>Mailbox of the demo · Letopis</title>
        <link rel="stylesheet" href={css} />
      </head>
      <body>
        <main>
          <h1>Mailbox of the demo</h1>
          {mails.length === 0 ? <p>No mail yet: the first call is just being made.</p> : null}
          {[...mails].reverse().map(({ to, subject, text, at, links }) => (
            <article key={links[0]}>
              <h2>{subject}</h2>
              <p>
                {to}, {at.toISOString().slice(11, 19)} UTC
              </p>
              {links.length === 0 ? <p>{text}</p> : null}
              {links.map((link) => (
                <p key={link}>
                  <a href={link}>{link}</a>
                </p>
              ))}
            </article>
          ))}
        </main>
      </body>
    </html>
  );
}
