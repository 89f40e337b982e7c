import type { MailRead } from '../reading/mail-read.ts';

export interface Automatic {
  readonly kind: 'reply' | 'bounce' | 'receipt' | 'bulk' | 'calendar' | 'notice';
  /** In words, naming the sign that decided. */
  readonly reason: string;
}

/**
 * Was a mail sent by a program? (DESIGN §9.) Null: a person wrote it, as far as anybody can tell.
 *
 * Signs of what a list or a mail server adds to people's mail decide nothing: List-Id, List-Unsubscribe and
 * X-Auto-Response-Suppress stand in many a person's mail.
 */
export function automaticSign(mail: MailRead): Automatic | null {
  return reported(mail) ?? submitted(mail) ?? answered(mail) ?? bulk(mail) ?? calendar(mail) ?? unanswerable(mail);
}

function reported({ report, head }: MailRead): Automatic | null {
  if (report !== null) {
    const words = {
      delivery: {
        kind: 'bounce',
        reason: `delivery report (RFC 3464)${report.action === null ? '' : `: ${report.action}`}`,
      },
      disposition: { kind: 'receipt', reason: 'read receipt (RFC 8098)' },
      feedback: { kind: 'bounce', reason: 'feedback report (RFC 5965)' },
    } as const;
    return words[report.kind];
  }
  const local = localOf(head.from?.email ?? '');
  if (/^(?:mailer-?daemon|mail-?daemon)$/.test(local))
    return { kind: 'bounce', reason: 'a mail server’s message (mailer-daemon)' };
  if (has(head, 'x-failed-recipients')) return { kind: 'bounce', reason: 'delivery report (X-Failed-Recipients)' };
  if (/^postmaster$/.test(local) && bounceSubject.test(head.subject))
    return { kind: 'bounce', reason: 'a mail server’s message (postmaster)' };
  if (receiptSubject.test(head.subject) && /disposition-notification/.test(field(head, 'content-type')))
    return { kind: 'receipt', reason: 'read receipt' };
  return null;
}

const bounceSubject =
  /undeliver|delivery (?:status|failure|failed|problem)|returned mail|failure notice|mail delivery|не\s?доставлен|недоставл|не удалось доставить|ошибка доставки|не вдалося доставити|помилка доставки/i;
const receiptSubject =
  /^(?:read|not read|прочтено|прочитано|не прочтено|не прочитано|уведомление о прочтении|отч[её]т о прочтении|сповіщення про прочитання)\s*:/i;

/** RFC 3834 §5: anything but `no`. */
function submitted({ head }: MailRead): Automatic | null {
  const value =
    field(head, 'auto-submitted')
      .toLowerCase()
      .split(/[;\s(]/)[0] ?? '';
  if (value === '' || value === 'no') return null;
  const kind = value === 'auto-replied' ? 'reply' : 'notice';
  return { kind, reason: `${kind === 'reply' ? 'automatic reply' : 'sent by a program'} (Auto-Submitted: ${value})` };
}

const answering = [
  'x-autoreply',
  'x-autorespond',
  'x-autoresponder',
  'x-autoreply-from',
  'x-mail-autoreply',
  'x-auto-reply-from',
  'x-fc-machinegenerated',
  'x-cron-env',
];
const answeringSubject =
  /^(?:auto(?:matic)?[- ]?(?:reply|response|answer|responder)|autoreply|out of (?:the )?office(?: auto ?reply)?|away from (?:the )?office|vacation (?:reply|response|notice)|автоответ(?:чик)?|авто-ответ|автоматический ответ|автоматическое (?:уведомление|сообщение)|вне офиса|нет на месте|отсутствует на (?:рабочем )?месте|автовідповідь|авто-відповідь|автоматична відповідь|автовідповідач|поза офісом|немає на місці|abwesenheitsnotiz|automatische antwort)\s*(?:[:!]|[-–—]\s|\(|\sна\s|$)|^\[(?:auto|автоответ|автовідповідь)[^\]]{0,20}\]|\((?:автоответ|автовідповідь|auto-?reply)\)$/i;

function answered({ head }: MailRead): Automatic | null {
  const named = answering.find((name) => has(head, name) && !/^no$/i.test(field(head, name)));
  if (named !== undefined) return { kind: 'reply', reason: `automatic reply (${named})` };
  const precedence = field(head, 'precedence').toLowerCase();
  if (/auto.?reply/.test(precedence)) return { kind: 'reply', reason: `automatic reply (Precedence: ${precedence})` };
  if (/^9$/.test(field(head, 'x-post-messageclass').split(';')[0] ?? ''))
    return { kind: 'reply', reason: 'automatic reply (X-POST-MessageClass)' };
  if (answeringSubject.test(head.subject)) return { kind: 'reply', reason: 'automatic reply (subject)' };
  if (head.returnPath === '') return { kind: 'reply', reason: 'sent by a program (null return path)' };
  return null;
}

const campaign = [
  'feedback-id',
  'x-campaign',
  'x-campaignid',
  'x-campaign-id',
  'x-mailgun-tag',
  'x-mc-user',
  'x-csa-complaints',
  'x-mailru-msgtype',
  'x-postmaster-msgtype',
  'x-sg-eid',
];
const newsletter =
  /^(?:news|newsletters?|digest|mailing|marketing|promo|rassylka|subscribe|subscriptions?|updates?|offers?)(?:[-_.+].*)?$/;

function bulk({ head }: MailRead): Automatic | null {
  const precedence = field(head, 'precedence').toLowerCase();
  const isPosted = has(head, 'list-post') && field(head, 'list-post') !== 'NO';
  const isConversation = head.inReplyTo !== null || head.prefix === 'reply';
  if (/^(?:bulk|junk)\b/.test(precedence) && !(isPosted && isConversation))
    return { kind: 'bulk', reason: `bulk mail (Precedence: ${precedence})` };
  if (isPosted || isConversation) return null;
  if (/one-click/i.test(field(head, 'list-unsubscribe-post')))
    return { kind: 'bulk', reason: 'bulk mail (one-click unsubscribing, RFC 8058)' };
  if (!has(head, 'list-unsubscribe')) return null;
  const sign = campaign.find((name) => has(head, name));
  if (sign !== undefined) return { kind: 'bulk', reason: `bulk mail (List-Unsubscribe and ${sign})` };
  return newsletter.test(localOf(head.from?.email ?? ''))
    ? { kind: 'bulk', reason: 'bulk mail (List-Unsubscribe, a newsletter’s address)' }
    : null;
}

/** Answers to invitations and invitations without a word; an invitation somebody wrote a letter to is his letter. */
function calendar({ calendar: event, text }: MailRead): Automatic | null {
  if (event === null) return null;
  const isWritten = event.method === 'REQUEST' || event.method === 'PUBLISH';
  if (isWritten && hasLetter(text, event.summary)) return null;
  return { kind: 'calendar', reason: `calendar message (${event.method})` };
}

const calendarLine =
  /^[\s*•-]*(?:when|where|who|what|time|date|location|organi[sz]er|attendees?|guests?|calendar|subject|description|join|meeting (?:id|link|number)|passcode|phone|dial|invitation from|you have been invited|view (?:event|all)|reply|more options|yes|no|maybe|going\?|когда|где|кто|что|время|дата|место|организатор|участники|гости|тема|описание|календарь|приглашение|вас пригласили|подключиться|коли|де|хто|що|час|місце|організатор|учасники|гості|опис|запрошення|вас запросили|приєднатися)(?![\p{L}])/iu;

function hasLetter(text: string, summary: string | null): boolean {
  const said = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !calendarLine.test(line) && !/^[-_=~*\s]+$|https?:\/\/|^\S+@\S+$/.test(line))
    .filter((line) => line !== summary);
  return said.join(' ').replace(/[^\p{L}]/gu, '').length >= 20;
}

/** Addresses nobody reads: whoever writes from one expects no answer. */
const silent =
  /^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|not?[-_.]?reply|noresponse|no[-_.]?response|nepovidomlyaty|ne[-_.]?otvechay(?:te)?|bounces?|robot|notifications?|notify|alerts?|mailer|cron|root|daemon|automail|autoinfo)(?:[-_.+\d].*)?$/;

function unanswerable({ head }: MailRead): Automatic | null {
  const email = head.from?.email ?? '';
  return isSilent(email) ? { kind: 'notice', reason: `sent by a program (${localOf(email)}@)` } : null;
}

export function isSilent(email: string): boolean {
  const local = localOf(email);
  return silent.test(local) || /[-_.](?:no-?reply|do-?not-?reply)$/.test(local);
}

type Head = MailRead['head'];

function has(head: Head, name: string): boolean {
  return head.fields[name] !== undefined;
}

function field(head: Head, name: string): string {
  return head.fields[name]?.[0]?.trim() ?? '';
}

function localOf(email: string): string {
  return email.slice(0, Math.max(0, email.lastIndexOf('@'))).toLowerCase();
}
