import type { Channel, Direction } from '../../core/contact/capture.ts';

// What people write into tables of contacts, in Russian, Ukrainian and English.

export type PastColumn =
  | 'date'
  | 'time'
  | 'client'
  | 'person'
  | 'phone'
  | 'email'
  | 'channel'
  | 'direction'
  | 'employee'
  | 'occasion'
  | 'gist';

export const pastHeaders: Readonly<Record<PastColumn, readonly string[]>> = {
  date: [
    'day',
    'when',
    'дата',
    'дата контакта',
    'дата звонка',
    'день',
    'когда',
    'коли',
    'дата контакту',
    'дата дзвінка',
  ],
  time: ['время', 'час'],
  client: [
    'company',
    'customer',
    'organisation',
    'organization',
    'клиент',
    'компания',
    'организация',
    'контрагент',
    'название',
    'клієнт',
    'компанія',
    'організація',
    'назва',
  ],
  person: [
    'contact',
    'contact person',
    'name',
    'контактное лицо',
    'контакт',
    'лицо',
    'имя',
    'фио',
    'контактна особа',
    'особа',
    'піб',
  ],
  phone: ['tel', 'telephone', 'number', 'телефон', 'тел', 'номер', 'номер телефона', 'номер телефону'],
  email: [
    'e-mail',
    'mail',
    'address',
    'почта',
    'эл. почта',
    'электронная почта',
    'адрес',
    'пошта',
    'електронна пошта',
    'адреса',
  ],
  channel: [
    'kind',
    'type',
    'way',
    'канал',
    'вид',
    'тип',
    'способ',
    'вид контакта',
    'тип контакта',
    'спосіб',
    'вид контакту',
  ],
  direction: ['in/out', 'направление', 'вх/исх', 'напрямок', 'напрям', 'вх/вих'],
  employee: [
    'manager',
    'responsible',
    'owner',
    'сотрудник',
    'менеджер',
    'ответственный',
    'кто',
    'співробітник',
    'працівник',
    'відповідальний',
    'хто',
  ],
  occasion: ['reason', 'topic', 'subject', 'повод', 'тема', 'причина', 'привід'],
  gist: [
    'note',
    'notes',
    'comment',
    'summary',
    'text',
    'result',
    'суть',
    'содержание',
    'комментарий',
    'примечание',
    'результат',
    'описание',
    'итог',
    'зміст',
    'коментар',
    'примітка',
    'підсумок',
    'опис',
  ],
};

const channels: readonly (readonly [RegExp, Channel])[] = [
  [/бумажн|папер|почтой|letter|поштою/u, 'letter'],
  [/звон|дзвін|дзвон|телефон|call|phone|тел\.?$/u, 'call'],
  [/факс|fax/u, 'fax'],
  [/письм|лист|mail|почта|пошта|мейл/u, 'email'],
  [/встреч|зустріч|визит|візит|переговор|meeting|visit|лично|особисто|personal/u, 'meeting'],
  [/сайт|web|заявк|форм|form|site/u, 'web'],
  [
    /сообщ|повідомл|чат|chat|viber|вайбер|telegram|телеграм|whatsapp|ватсап|sms|смс|messag|мессендж|месендж/u,
    'message',
  ],
];
export const channelWords = 'call, email, fax, web, meeting, letter or message';

/** Null: it says nothing we know. */
export function channelOf(written: string): Channel | null {
  const text = written.toLowerCase();
  return channels.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** Null: it does not say. */
export function directionOf(written: string): Direction | null {
  const text = written.toLowerCase();
  if (/^(?:исх|вих|out|от нас|від нас|мы|ми|→|>|-)/u.test(text) || /исход|вихід|outbound|outgoing/u.test(text))
    return 'outbound';
  if (/^(?:вх|in|к нам|до нас|клиент|клієнт|←|<|\+)/u.test(text) || /вход|вхід|incoming/u.test(text)) return 'inbound';
  return null;
}
