import type { Doubt, StrangerCode, TieBreak } from '../../core/contact/match.ts';
import type { Language } from '../../core/language.ts';

/** Why the machine thinks that it was he, or nobody: by the codes of core/match.ts. */
export interface MatchWords {
  readonly why: string;
  readonly strangers: Readonly<Record<StrangerCode, string>>;
  readonly tieBreaks: Readonly<Record<TieBreak, string>>;
  readonly doubts: Readonly<Record<Doubt, string>>;
}

export const matchWords: Record<Language, MatchWords> = {
  ru: {
    why: 'Почему: {reason}',
    strangers: {
      nobody: 'Такого номера или адреса ни у кого нет в справочнике.',
      withheld: 'Номер скрыт или неизвестен: искать не по чему.',
      no_address: 'Это не номер и не адрес: искать не по чему.',
      own_address: 'Это наш собственный номер или адрес.',
      gateway: 'Это адрес шлюза: через него говорит машина, а не клиент.',
      not_client: 'Кто-то из наших отметил: это не клиент.',
      never_capture: 'Кто-то из наших отметил: этот адрес не записывать.',
    },
    tieBreaks: {
      taken_by_responsible: 'разговаривал ответственный за него',
      planned_contact: 'с ним был запланирован контакт',
    },
    doubts: {
      claimed: 'отправитель не подтверждён: от его имени мог написать кто угодно',
      not_client: 'но кто-то отметил, что это не клиент',
    },
  },
  uk: {
    why: 'Чому: {reason}',
    strangers: {
      nobody: 'Такого номера чи адреси ні в кого немає в довіднику.',
      withheld: 'Номер приховано або він невідомий: шукати нема за чим.',
      no_address: 'Це не номер і не адреса: шукати нема за чим.',
      own_address: 'Це наш власний номер або адреса.',
      gateway: 'Це адреса шлюзу: через нього говорить машина, а не клієнт.',
      not_client: 'Хтось із наших позначив: це не клієнт.',
      never_capture: 'Хтось із наших позначив: цю адресу не записувати.',
    },
    tieBreaks: {
      taken_by_responsible: 'розмовляв відповідальний за нього',
      planned_contact: 'з ним було заплановано контакт',
    },
    doubts: {
      claimed: 'відправника не підтверджено: від його імені міг написати будь-хто',
      not_client: 'але хтось позначив, що це не клієнт',
    },
  },
  en: {
    why: 'Why: {reason}',
    strangers: {
      nobody: 'Nobody in the directory has this number or address.',
      withheld: 'The number is withheld or unknown: there is nothing to look for.',
      no_address: 'This is no number and no address: there is nothing to look for.',
      own_address: 'This is a number or address of our own.',
      gateway: 'This is the address of a gateway: a machine speaks through it, no client.',
      not_client: 'One of us said that this is no client.',
      never_capture: 'One of us said that nothing of this address is to be kept.',
    },
    tieBreaks: {
      taken_by_responsible: 'the employee responsible for it took the contact',
      planned_contact: 'a contact with it was planned',
    },
    doubts: {
      claimed: 'the sender is not proven: anybody could have written in this name',
      not_client: 'though somebody said that this is no client',
    },
  },
};
