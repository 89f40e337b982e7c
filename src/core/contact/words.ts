import type { Language } from '../language.ts';
import { oneLine, shorten, showPhone } from '../text.ts';
import type { FaxFacts } from './mail.ts';

/** What is needed to name a contact in one line. */
export interface Named {
  readonly channel: string;
  readonly direction: string;
  readonly outcome: string | null;
  readonly withheld: boolean;
  readonly outside: string | null;
  readonly outsideNorm: string | null;
  readonly outsideName: string | null;
  readonly clientName: string | null;
  readonly personName: string | null;
  /** What a gateway told; null: it came by no gateway. */
  readonly fax: Pick<FaxFacts, 'status' | 'error'> | null;
}

/** How it happened: «Входящий звонок», “Missed call”, «Факс не принят». */
export function kindOf(contact: Named, language: Language): string {
  const words = kinds[language];
  const isInbound = contact.direction === 'inbound';
  if (contact.channel === 'email') return isInbound ? words.mailIn : words.mailOut;
  if (contact.fax !== null) {
    if (isInbound) return hasFailed(contact) ? words.faxNotReceived : words.faxReceived;
    return hasFailed(contact) ? words.faxNotSent : words.faxSent;
  }
  if (contact.channel !== 'call') return words.channels[contact.channel] ?? contact.channel;
  if (isMissed(contact)) return contact.outcome === 'voicemail' ? words.voicemail : words.missed;
  if (contact.outcome === 'fax') return words.channels['fax'] ?? 'fax';
  if (isInbound) return words.inbound;
  // Of a call that was written down by hand nobody says how it ended.
  return contact.outcome === 'answered' || contact.outcome === null ? words.outbound : words.unanswered;
}

/** Nobody of us talked to a caller. */
export function isMissed(contact: Pick<Named, 'channel' | 'direction' | 'outcome'>): boolean {
  if (contact.channel !== 'call' || contact.direction !== 'inbound' || contact.outcome === null) return false;
  return !['answered', 'fax', 'interrupted'].includes(contact.outcome ?? '');
}

/** A fax of which nothing, or not all, came through. */
export function hasFailed({ fax }: Pick<Named, 'fax'>): boolean {
  return fax !== null && (fax.status === 'failed' || fax.error !== null);
}

/** With whom: person and client, else what is known of the other side. Fit for a mail's subject: one line, no tricks. */
export function whoOf(contact: Named, language: Language): string {
  const client = contact.clientName === null ? null : oneLine(contact.clientName);
  const person = contact.personName === null ? null : oneLine(contact.personName);
  if (client !== null) return shorten(person === null || person === client ? client : `${person}, ${client}`, 80);
  const name = contact.outsideName === null ? '' : oneLine(contact.outsideName);
  const address = addressOf(contact, language);
  return shorten(name === '' || name === contact.outside ? address : `${name}, ${address}`, 80);
}

/** The other side's number or address as people read it. */
export function addressOf(contact: Named, language: Language): string {
  if (contact.withheld) return kinds[language].withheld;
  const address = contact.outsideNorm ?? contact.outside;
  if (address === null || address === '')
    return contact.channel === 'email' ? kinds[language].unknownAddress : kinds[language].unknown;
  return address.startsWith('+') ? showPhone(address) : shorten(oneLine(address), 60);
}

interface Kinds {
  readonly inbound: string;
  readonly outbound: string;
  readonly unanswered: string;
  readonly missed: string;
  readonly voicemail: string;
  readonly mailIn: string;
  readonly mailOut: string;
  readonly faxReceived: string;
  readonly faxNotReceived: string;
  readonly faxSent: string;
  readonly faxNotSent: string;
  readonly withheld: string;
  readonly unknown: string;
  readonly unknownAddress: string;
  readonly channels: Readonly<Record<string, string>>;
}

const kinds: Record<Language, Kinds> = {
  ru: {
    inbound: 'Входящий звонок',
    outbound: 'Исходящий звонок',
    unanswered: 'Не дозвонились',
    missed: 'Пропущенный звонок',
    voicemail: 'Голосовое сообщение',
    mailIn: 'Входящее письмо',
    mailOut: 'Исходящее письмо',
    faxReceived: 'Факс получен',
    faxNotReceived: 'Факс не принят',
    faxSent: 'Факс отправлен',
    faxNotSent: 'Факс не отправлен',
    withheld: 'номер скрыт',
    unknown: 'номер неизвестен',
    unknownAddress: 'адрес неизвестен',
    channels: {
      call: 'Звонок',
      email: 'Письмо',
      fax: 'Факс',
      web: 'Заявка с сайта',
      meeting: 'Встреча',
      letter: 'Бумажное письмо',
      message: 'Сообщение',
    },
  },
  uk: {
    inbound: 'Вхідний дзвінок',
    outbound: 'Вихідний дзвінок',
    unanswered: 'Не додзвонилися',
    missed: 'Пропущений дзвінок',
    voicemail: 'Голосове повідомлення',
    mailIn: 'Вхідний лист',
    mailOut: 'Вихідний лист',
    faxReceived: 'Факс отримано',
    faxNotReceived: 'Факс не прийнято',
    faxSent: 'Факс надіслано',
    faxNotSent: 'Факс не надіслано',
    withheld: 'номер приховано',
    unknown: 'номер невідомий',
    unknownAddress: 'адреса невідома',
    channels: {
      call: 'Дзвінок',
      email: 'Лист',
      fax: 'Факс',
      web: 'Заявка із сайту',
      meeting: 'Зустріч',
      letter: 'Паперовий лист',
      message: 'Повідомлення',
    },
  },
  en: {
    inbound: 'Incoming call',
    outbound: 'Outgoing call',
    unanswered: 'Call not answered',
    missed: 'Missed call',
    voicemail: 'Voice message',
    mailIn: 'Incoming mail',
    mailOut: 'Outgoing mail',
    faxReceived: 'Fax received',
    faxNotReceived: 'Fax not received',
    faxSent: 'Fax sent',
    faxNotSent: 'Fax not sent',
    withheld: 'number withheld',
    unknown: 'number unknown',
    unknownAddress: 'address unknown',
    channels: {
      call: 'Call',
      email: 'E-mail',
      fax: 'Fax',
      web: 'Web request',
      meeting: 'Meeting',
      letter: 'Letter',
      message: 'Message',
    },
  },
};
