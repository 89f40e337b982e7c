import type { Language } from '../../core/language.ts';

/** The words about where clients come from. */
export interface SourceWords {
  readonly title: string;
  readonly reads: Readonly<Record<'file' | 'url' | 'json' | 'sql', string>>;
  readonly states: Readonly<Record<'waiting' | 'good' | 'failing' | 'held', string>>;
  readonly good: string;
  readonly never: string;
  readonly counts: string;
  readonly gone: string;
  readonly kept: string;
  readonly rejected: string;
  readonly lines: Readonly<Record<'file' | 'url' | 'json' | 'sql', string>>;
  readonly held: string;
  readonly heldHow: string;
  readonly accept: string;
  readonly discard: string;
  readonly answered: string;
  /** What is wrong and what cures it. */
  readonly faults: Readonly<Record<string, string>>;
  readonly fault: string;
  readonly goneFrom: string;
  readonly saysOtherwise: string;
}

export const sourceWords: Record<Language, SourceWords> = {
  ru: {
    title: 'Откуда клиенты',
    reads: { file: 'файл', url: 'файл по адресу', json: 'веб-интерфейс', sql: 'база данных' },
    states: { waiting: 'Ещё не читали', good: 'В порядке', failing: 'Не читается', held: 'Ждёт решения' },
    good: 'Клиентов: {count}, прочитано {time}',
    never: 'Ещё ни разу не прочитано.',
    counts: 'В последний раз: новых {created}, изменено {changed}, закончилось адресов и людей {ended}.',
    gone: 'Больше нет в источнике: {count}. Из «Летописи» никто не удалён.',
    kept: 'Значений, где оставлено слово сотрудника: {count}.',
    rejected: 'Не принято: {count}',
    lines: { file: 'строка {n}', url: 'строка {n}', json: 'запись {n}', sql: 'строка {n}' },
    held: 'Источник вдруг отдаёт {now} клиентов, было {last}. Ничего не изменено.',
    heldHow: 'Если так и должно быть, примите. Если источник сломан, отклоните: останется прежнее.',
    accept: 'Принять',
    discard: 'Отклонить',
    answered: 'Решение принято: источник сейчас прочитают снова.',
    fault: 'Что-то не так ({code}). Подробности в журнале.',
    faults: {
      'source.unreachable': 'Сервер недоступен. Работает ли он, видит ли его эта машина?',
      'source.timed_out': 'Не ответил вовремя. Сервер перегружен, таблица заблокирована? Иначе увеличьте timeout.',
      'source.cut_short': 'Ответ оборвался. Ничего не принято, попробуем снова.',
      'source.answered_error': 'Сервер ответил ошибкой. Проверьте адрес и ключ доступа; временное пройдёт само.',
      'source.bad_certificate': 'Сертификату сервера нельзя верить. Укажите ca или исправьте сертификат.',
      'source.too_large': 'Ответ слишком велик. Тот ли это адрес? Иначе увеличьте maxSize.',
      'source.redirects': 'Сервер отсылает не туда. Запишите окончательный адрес.',
      'source.not_json': 'В ответе не JSON. Это адрес интерфейса, а не страницы? Нужен ли ключ доступа?',
      'source.nothing_found': 'По указанным путям ничего нет. Исправьте items или fields.',
      'source.paging': 'Страницы ответа не сходятся. Проверьте paging.',
      'source.refused': 'База не пускает. Проверьте пользователя, пароль и имя базы.',
      'source.bad_query': 'База не понимает запрос. Исправьте sql.query.',
      'source.far_fewer': 'Клиентов вдруг намного меньше.',
      'source.passed_over': 'Ответ отклонён, остаётся последняя хорошая копия.',
      'directory.broken_csv': 'Кавычка не закрыта. Закройте её в этой строке.',
      'directory.no_name_column': 'Нет столбца с названием. Назовите его name или укажите в columns.',
      'directory.unknown_column': 'Нет столбца, указанного в columns или key.',
      'directory.file_unreadable': 'Файл не читается. Есть ли он, можно ли его читать?',
    },
    goneFrom: 'Нет в источнике {source} с {time}',
    saysOtherwise: 'Источник {source} говорит иначе: {values}',
  },
  uk: {
    title: 'Звідки клієнти',
    reads: { file: 'файл', url: 'файл за адресою', json: 'вебінтерфейс', sql: 'база даних' },
    states: { waiting: 'Ще не читали', good: 'Гаразд', failing: 'Не читається', held: 'Чекає на рішення' },
    good: 'Клієнтів: {count}, прочитано {time}',
    never: 'Ще жодного разу не прочитано.',
    counts: 'Востаннє: нових {created}, змінено {changed}, закінчилося адрес і людей {ended}.',
    gone: 'Більше немає в джерелі: {count}. З «Літопису» нікого не видалено.',
    kept: 'Значень, де залишено слово співробітника: {count}.',
    rejected: 'Не прийнято: {count}',
    lines: { file: 'рядок {n}', url: 'рядок {n}', json: 'запис {n}', sql: 'рядок {n}' },
    held: 'Джерело раптом віддає {now} клієнтів, було {last}. Нічого не змінено.',
    heldHow: 'Якщо так і має бути, прийміть. Якщо джерело зламане, відхиліть: залишиться попереднє.',
    accept: 'Прийняти',
    discard: 'Відхилити',
    answered: 'Рішення прийнято: джерело зараз прочитають знову.',
    fault: 'Щось не так ({code}). Подробиці в журналі.',
    faults: {
      'source.unreachable': 'Сервер недоступний. Чи працює він, чи бачить його ця машина?',
      'source.timed_out': 'Не відповів вчасно. Сервер перевантажений, таблицю заблоковано? Інакше збільште timeout.',
      'source.cut_short': 'Відповідь обірвалася. Нічого не прийнято, спробуємо знову.',
      'source.answered_error': 'Сервер відповів помилкою. Перевірте адресу й ключ доступу; тимчасове мине саме.',
      'source.bad_certificate': 'Сертифікату сервера не можна вірити. Вкажіть ca або виправте сертифікат.',
      'source.too_large': 'Відповідь завелика. Чи та це адреса? Інакше збільште maxSize.',
      'source.redirects': 'Сервер відсилає не туди. Запишіть остаточну адресу.',
      'source.not_json': 'У відповіді не JSON. Це адреса інтерфейсу, а не сторінки? Чи потрібен ключ доступу?',
      'source.nothing_found': 'За вказаними шляхами нічого немає. Виправте items або fields.',
      'source.paging': 'Сторінки відповіді не сходяться. Перевірте paging.',
      'source.refused': 'База не пускає. Перевірте користувача, пароль і назву бази.',
      'source.bad_query': 'База не розуміє запиту. Виправте sql.query.',
      'source.far_fewer': 'Клієнтів раптом набагато менше.',
      'source.passed_over': 'Відповідь відхилено, залишається остання добра копія.',
      'directory.broken_csv': 'Лапку не закрито. Закрийте її в цьому рядку.',
      'directory.no_name_column': 'Немає стовпця з назвою. Назвіть його name або вкажіть у columns.',
      'directory.unknown_column': 'Немає стовпця, вказаного в columns або key.',
      'directory.file_unreadable': 'Файл не читається. Чи є він, чи можна його читати?',
    },
    goneFrom: 'Немає в джерелі {source} з {time}',
    saysOtherwise: 'Джерело {source} каже інакше: {values}',
  },
  en: {
    title: 'Where clients come from',
    reads: { file: 'file', url: 'file at an address', json: 'web interface', sql: 'database' },
    states: { waiting: 'Not read yet', good: 'Well', failing: 'Cannot be read', held: 'Waits for a decision' },
    good: 'Clients: {count}, read {time}',
    never: 'Not read so far.',
    counts: 'The last time: {created} new, {changed} changed, {ended} addresses and people ended.',
    gone: 'No longer in the source: {count}. Nobody was deleted from Letopis.',
    kept: 'Values where the word of a colleague was kept: {count}.',
    rejected: 'Not taken over: {count}',
    lines: { file: 'line {n}', url: 'line {n}', json: 'item {n}', sql: 'row {n}' },
    held: 'The source suddenly gives {now} clients, there were {last}. Nothing was changed.',
    heldHow: 'If that is right, take it over. If the source is broken, discard it: everything stays as it was.',
    accept: 'Take it over',
    discard: 'Discard',
    answered: 'Decided: the source is being read again.',
    fault: 'Something is wrong ({code}). The log tells more.',
    faults: {
      'source.unreachable': 'The server cannot be reached. Is it running, may this machine reach it?',
      'source.timed_out': 'No answer in time. Is the server overloaded, a table locked? Else raise timeout.',
      'source.cut_short': 'The answer broke off. Nothing was taken over, it is tried again.',
      'source.answered_error':
        'The server answered an error. Check address and token; what is temporary heals by itself.',
      'source.bad_certificate': 'The certificate of the server cannot be trusted. Set ca, or mend the certificate.',
      'source.too_large': 'The answer is too large. Is it the right address? Else raise maxSize.',
      'source.redirects': 'The server sends elsewhere. Write down the final address.',
      'source.not_json': 'The answer is no JSON. Is it the address of the interface, not of a page? Is a token needed?',
      'source.nothing_found': 'Nothing stands at these paths. Correct items or fields.',
      'source.paging': 'The pages of the answer do not add up. Check paging.',
      'source.refused': 'The database lets us not in. Check user, password and the name of the database.',
      'source.bad_query': 'The database does not understand the query. Correct sql.query.',
      'source.far_fewer': 'Suddenly far fewer clients.',
      'source.passed_over': 'The answer was discarded, the last good copy stays.',
      'directory.broken_csv': 'A quote is not closed. Close it in this line.',
      'directory.no_name_column': 'There is no column with the name. Call it name, or map it in columns.',
      'directory.unknown_column': 'A column of columns or key is not there.',
      'directory.file_unreadable': 'The file cannot be read. Is it there, may it be read?',
    },
    goneFrom: 'Not in the source {source} since {time}',
    saysOtherwise: 'The source {source} says otherwise: {values}',
  },
};
