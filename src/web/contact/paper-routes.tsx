import { contactView } from '../../store/contacts/contacts.ts';
import { attachmentHeader } from '../http/disposition.ts';
import { Busy } from '../http/places.ts';
import { type Answer, page, type Route, type Visit, type Web } from '../http/route.ts';
import { problemPage } from '../ui/problem-answer.ts';
import { asSentDocument } from './as-sent.tsx';
import { authorOf, type Desk, isUuid } from './desk.ts';
import { faxDocument } from './fax-document.ts';
import { GonePage } from './gone.tsx';
import type { Opened } from './kept-mails.ts';
import { isKnowable, isReadable, noteReading } from './reading.ts';

/** A contact that somebody may read: by its link, or signed in. */
type Reading = Pick<Desk, 'contact' | 'view' | 'path'>;
type Find = (visit: Visit) => Promise<Reading | Answer>;

/** What came with a mail or as a fax. By a link alone only what is its own; the HTML of a mail needs a session. */
export function paperRoutes(web: Web, byLink: Find): Route[] {
  const bySession: Find = (visit) => sessionReading(web, visit);
  const get = (find: Find, answer: (web: Web, reading: Reading, visit: Visit) => Promise<Answer>) => ({
    method: 'GET' as const,
    async answer(visit: Visit) {
      const reading = await find(visit);
      return 'contact' in reading ? answer(web, reading, visit) : reading;
    },
  });
  return [
    { path: '/d/:token/files/:n', auth: 'link', ...get(byLink, sendFile) },
    { path: '/d/:token/pages/:n.png', auth: 'link', ...get(byLink, sendPage) },
    { path: '/contact/:id/files/:n', auth: 'session', ...get(bySession, sendFile) },
    { path: '/contact/:id/pages/:n.png', auth: 'session', ...get(bySession, sendPage) },
    { path: '/contact/:id/html', auth: 'session', ...get(bySession, sendAsSent) },
  ];
}

async function sessionReading(web: Web, { params, session, view }: Visit): Promise<Reading | Answer> {
  const id = params['id'] ?? '';
  const contact = isUuid(id) ? await contactView(web.db, id) : null;
  if (!contact || !session || contact.mail === null) return problemPage(view, 'notFound', 404);
  const author = authorOf(session.visitor);
  if (!(await isKnowable(web, author, contact))) return problemPage(view, 'notFound', 404);
  if (!(await isReadable(web, author, contact))) return problemPage(view, 'forbidden', 403);
  noteReading(web, author, [contact]);
  return { contact, view, path: `/contact/${contact.id}` };
}

/** Nothing of a mail runs, frames or loads anything, whatever a browser makes of its bytes. */
const shut = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  // A browser shows nothing that is in a sandbox and wants a window group of its own.
  'cross-origin-opener-policy': 'unsafe-none',
};

/** These may say what they are, to be opened by the right program. Everything else is bytes: HTML, SVG, XML before all. */
const knownTypes = new Set([
  'application/pdf',
  'image/png',
  'image/jpeg',
  'image/tiff',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.oasis.opendocument.spreadsheet',
]);

async function sendFile(web: Web, reading: Reading, { params }: Visit): Promise<Answer> {
  const { mail } = reading.contact;
  const index = placeOf(params['n']);
  const file = index === null ? undefined : mail?.files[index];
  if (!mail || index === null || !file) return problemPage(reading.view, 'notFound', 404);
  const opened = await web.mails.file(mail.mailId, index);
  if (opened.kind === 'gone') return goneAnswer(reading, opened);
  return {
    kind: 'bytes',
    type: knownTypes.has(file.type) ? file.type : 'application/octet-stream',
    bytes: opened.thing,
    headers: { ...shut, 'content-disposition': attachmentHeader(file.name) },
  };
}

/** Half and a quarter of a fax's 1728 pixels: each pixel is the mean of whole ones. */
const widths = { large: 864, small: 432 };

async function sendPage(web: Web, reading: Reading, { params, query }: Visit): Promise<Answer> {
  const { contact, view } = reading;
  const document = faxDocument(contact);
  const place = placeOf(params['n']);
  if (!contact.mail || document === null || place === null || place >= document.pages)
    return problemPage(view, 'notFound', 404);
  const width = query['size'] === 'small' ? widths.small : widths.large;
  return web.mails.withFile(contact.mail.mailId, document.index, async (opened) => {
    if (opened.kind === 'gone') return goneAnswer(reading, opened);
    if (document.kind === 'picture') return pictureAnswer(document.type, opened.thing);
    const painted = await web.painter.paint(opened.thing, document.kind, place + 1, width);
    if (painted.kind === 'page') return pictureAnswer('image/png', painted.png);
    if (painted.kind === 'busy') throw new Busy();
    web.log.info({ contact: contact.id, because: painted.reason }, 'fax.page_not_painted');
    return goneAnswer(reading, { kind: 'gone', why: 'unreadable', folder: null });
  });
}

function pictureAnswer(type: string, bytes: Uint8Array): Answer {
  return { kind: 'bytes', type, bytes, headers: { ...shut, 'cache-control': 'private, max-age=3600' } };
}

async function sendAsSent(web: Web, reading: Reading): Promise<Answer> {
  const { contact, view } = reading;
  if (!contact.mail) return problemPage(view, 'notFound', 404);
  const opened = await web.mails.asSent(contact.mail.mailId);
  if (opened.kind === 'gone') return goneAnswer(reading, opened);
  return {
    kind: 'bytes',
    type: 'text/html; charset=utf-8',
    bytes: Buffer.from(asSentDocument({ view, contact, mail: contact.mail, sent: opened.thing })),
    headers: {
      ...shut,
      'content-security-policy':
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; " +
        "frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox",
    },
  };
}

/** Whoever looks for it is told where it still is. */
function goneAnswer({ contact, view, path }: Reading, opened: Opened<never> & { readonly kind: 'gone' }): Answer {
  const status = opened.why === 'unreadable' ? 422 : 410;
  return page(<GonePage view={view} contact={contact} opened={opened} back={view.href(path)} />, status);
}

/** People count from one. Null: this is no number. */
function placeOf(text: string | undefined): number | null {
  return /^[1-9]\d{0,2}$/.test(text ?? '') ? Number(text) - 1 : null;
}
