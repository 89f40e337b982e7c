import { hashOf, looksLikeToken } from '../../core/token.ts';
import { type Author, mayKnow, mayWrite } from '../../history/decide.ts';
import type { Visitor } from '../../store/access/sessions.ts';
import { type ContactView, contactView } from '../../store/contacts/contacts.ts';
import { talkersOf } from '../../store/contacts/human-edits.ts';
import { type Link, linkByHash } from '../../store/prompts/prompts.ts';
import type { Answer, View, Visit, Web } from '../http/route.ts';
import { page } from '../http/route.ts';
import type { Throttle } from '../http/throttle.ts';
import { DeadLinkPage } from '../sign-in/sign-in-page.tsx';
import { problemPage } from '../ui/problem-answer.ts';

/** Where a person writes about one contact: reached by its link, or signed in. */
export interface Desk {
  readonly contact: ContactView;
  readonly talkers: readonly { readonly id: string; readonly name: string }[];
  readonly author: Author;
  readonly view: View;
  /** The form's own address, without the base path. */
  readonly path: string;
  /** Signed in as the same employee: may see more than the one draft. */
  readonly signedIn: boolean;
}

/** A finished contact's link still opens it this long, to correct it. */
const afterwordMs = 7 * 86_400_000;

/** The desk behind a link, or the answer to a link that does not work. Wrong tokens are counted by address. */
export async function linkDesk(web: Web, wrongTokens: Throttle, visit: Visit): Promise<Desk | Answer> {
  const token = visit.params['token'] ?? '';
  const hash = hashOf(token);
  const link = looksLikeToken(token) ? await linkByHash(web.db, hash) : null;
  if (!link && !wrongTokens.hit(visit.ip)) return problemPage(visit.view, 'tooMany', 429);
  const visitor: Visitor | null = link && {
    id: link.employeeId,
    name: link.name,
    email: link.email,
    role: 'employee',
    language: link.language,
    zone: link.zone,
  };
  const contact = link && isOpen(link, web.clock.now()) ? await contactView(web.db, link.contactId) : null;
  if (!contact || !visitor) {
    const view = web.asView(null, [visitor?.language ?? null, visit.view.language], null);
    return page(DeadLinkPage({ view, action: view.href(`/d/${token}/renew`) }), 404);
  }
  return {
    contact,
    talkers: await talkersOf(web.db, contact.id),
    author: { employeeId: visitor.id, role: 'employee', via: 'link' },
    view: web.asView(visitor, [], hash),
    path: `/d/${token}`,
    signedIn: visit.session?.visitor.id === visitor.id,
  };
}

/** A link works until it is revoked or too old, for the one employee who still has to answer for the contact. */
export function isOpen(link: Link, now: Date): boolean {
  if (link.revokedAt !== null || !link.active || link.ownerId !== link.employeeId) return false;
  if (link.expiresAt.getTime() <= now.getTime()) return false;
  return link.completedAt === null || link.completedAt.getTime() + afterwordMs > now.getTime();
}

/** The desk of somebody signed in, for a contact he may write about. */
export async function sessionDesk(web: Web, visit: Visit): Promise<Desk | Answer> {
  const id = visit.params['id'] ?? '';
  const visitor = visit.session?.visitor;
  const contact = isUuid(id) ? await contactView(web.db, id) : null;
  if (!contact || !visitor) return problemPage(visit.view, 'notFound', 404);
  const talkers = await talkersOf(web.db, contact.id);
  const author = authorOf(visitor);
  const ids = talkers.map((talker) => talker.id);
  if (!mayKnow(author, contact.isPrivate, contact.ownerId, ids)) return problemPage(visit.view, 'notFound', 404);
  const allowed = mayWrite(author, contact.ownerId, ids);
  if (!allowed) return problemPage(visit.view, 'forbidden', 403);
  return { contact, talkers, author, view: visit.view, path: `/contact/${contact.id}`, signedIn: true };
}

export function authorOf({ id, role }: Visitor): Author {
  return { employeeId: id, role, via: 'session' };
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

export function isAnswer(found: Desk | Answer): found is Answer {
  return 'kind' in found;
}
