import type { Language } from '../../core/language.ts';

/** Of the programs that are told what happens. */
export interface TargetWords {
  readonly title: string;
  readonly states: Readonly<Record<'well' | 'failing' | 'gone' | 'removed', string>>;
  readonly lastSuccess: string;
  readonly noSuccess: string;
  readonly failingSince: string;
  readonly waiting: string;
  readonly givenUp: string;
  readonly goneHow: string;
}

export const targetWords: Readonly<Record<Language, TargetWords>> = {
  ru: {
    title: 'Кому сообщаем',
    states: { well: 'Работает', failing: 'Не отвечает', gone: 'Отказалась принимать', removed: 'Убрана из настроек' },
    lastSuccess: 'последняя доставка: {time}',
    noSuccess: 'доставок ещё не было',
    failingSince: 'сбой с {time}',
    waiting: 'ждут отправки: {count}, первое с {time}',
    givenUp: 'не доставлено за три дня: {count}. Отправить снова: letopis webhooks replay {name} --given-up',
    goneHow: 'Ответ 410: больше не отправляем. Включить снова: letopis webhooks enable {name}',
  },
  uk: {
    title: 'Кому повідомляємо',
    states: {
      well: 'Працює',
      failing: 'Не відповідає',
      gone: 'Відмовилася приймати',
      removed: 'Прибрана з налаштувань',
    },
    lastSuccess: 'остання доставка: {time}',
    noSuccess: 'доставок ще не було',
    failingSince: 'збій з {time}',
    waiting: 'чекають надсилання: {count}, перше з {time}',
    givenUp: 'не доставлено за три дні: {count}. Надіслати знову: letopis webhooks replay {name} --given-up',
    goneHow: 'Відповідь 410: більше не надсилаємо. Увімкнути знову: letopis webhooks enable {name}',
  },
  en: {
    title: 'Who is told',
    states: { well: 'Works', failing: 'Does not answer', gone: 'Refuses to be told', removed: 'No longer configured' },
    lastSuccess: 'last delivery: {time}',
    noSuccess: 'nothing delivered yet',
    failingSince: 'failing since {time}',
    waiting: 'waiting to be sent: {count}, the first since {time}',
    givenUp: 'not delivered within three days: {count}. Send again: letopis webhooks replay {name} --given-up',
    goneHow: 'It answered 410: nothing is sent any more. Enable again: letopis webhooks enable {name}',
  },
};
