// Words of a made-up office's mail. Domains end in .example (RFC 2606).
export interface Words {
  readonly first: readonly string[];
  readonly last: readonly string[];
  readonly firm: readonly string[];
  readonly hi: readonly string[];
  readonly bye: readonly string[];
  readonly what: readonly string[];
  readonly say: readonly string[];
  readonly sent: readonly string[];
  readonly re: string;
  readonly fw: string;
}
export type Lang = 'ru' | 'uk' | 'en';

/** What people of a language are called, and what they write. */
export const words: Readonly<Record<Lang, Words>> = {
  ru: {
    first: ['Иван', 'Мария', 'Сергей', 'Ольга', 'Дмитрий', 'Анна', 'Пётр', 'Елена'],
    last: ['Петренко', 'Соколова', 'Кузнецов', 'Орлова', 'Лебедев', 'Щукина', 'Ёлкин', 'Журавлёва'],
    firm: ['Ромашка', 'Северный ветер', 'Техносфера', 'Вектор', 'Стройдеталь', 'Альфа-Сервис'],
    hi: ['Здравствуйте!', 'Добрый день, коллеги!', 'Добрый день.'],
    bye: ['С уважением,', 'Спасибо,', 'С наилучшими пожеланиями,'],
    what: ['счёт', 'договор', 'поставку', 'прайс-лист', 'акт сверки', 'график монтажа'],
    say: [
      'Просим выставить {w} № {n} до конца недели.',
      'Подтверждаем {w} № {n}, ждём отгрузку.',
      'Уточните, пожалуйста, {w} № {n}: не сходится сумма.',
      'Срок по заявке № {n} переносим, {w} пришлём позже.',
      'Нужна скидка на {w}, объём {n} шт.',
    ],
    sent: ['Отправлено с iPhone', 'Отправлено из мобильной Почты Mail.ru'],
    re: 'Re: ',
    fw: 'Fwd: ',
  },
  uk: {
    first: ['Іван', 'Марія', 'Сергій', 'Ольга', 'Дмитро', 'Ганна', 'Петро', 'Олена'],
    last: ['Шевчук', 'Коваленко', 'Їжакевич', 'Бондар', 'Ґалаґан', 'Левченко', 'Мельник', 'Ткачук'],
    firm: ['Світанок', 'Північ', 'Київбуд', 'Прогрес', 'Каштан', 'Дніпро-Сервіс'],
    hi: ['Вітаю!', 'Доброго дня, колеги!', 'Добрий день.'],
    bye: ['З повагою,', 'Дякую,', 'З найкращими побажаннями,'],
    what: ['рахунок', 'договір', 'постачання', 'прайс-лист', 'акт звірки', 'графік монтажу'],
    say: [
      'Просимо виставити {w} № {n} до кінця тижня.',
      'Підтверджуємо {w} № {n}, чекаємо на відвантаження.',
      'Уточніть, будь ласка, {w} № {n}: не сходиться сума.',
      'Термін за заявкою № {n} переносимо, {w} надішлемо пізніше.',
      'Потрібна знижка на {w}, обсяг {n} шт.',
    ],
    sent: ['Надіслано з iPhone', 'Надіслано з мобільного пристрою'],
    re: 'Re: ',
    fw: 'Fwd: ',
  },
  en: {
    first: ['John', 'Mary', 'Steven', 'Olivia', 'Daniel', 'Anna', 'Peter', 'Helen'],
    last: ['Smith', "O'Neill", 'Brown', 'Taylor', 'Walker', 'Green', 'Hughes', 'Ward'],
    firm: ['Acorn', 'Northwind', 'Bluebell', 'Vector', 'Millhouse', 'Alpha Services'],
    hi: ['Hello,', 'Good morning,', 'Hi all,'],
    bye: ['Kind regards,', 'Thanks,', 'Best regards,'],
    what: ['the invoice', 'the contract', 'the delivery', 'the price list', 'the statement', 'the schedule'],
    say: [
      'Please send {w} no. {n} by Friday.',
      'We confirm {w} no. {n} and await shipment.',
      'Could you check {w} no. {n}? The total is off.',
      'We have to move order {n}; {w} will follow.',
      'We would like a discount on {w} for {n} pcs.',
    ],
    sent: ['Sent from my iPhone', 'Get Outlook for iOS'],
    re: 'Re: ',
    fw: 'Fwd: ',
  },
};
type Names = Readonly<Record<Lang, readonly string[]>>;
export const months: Names = {
  ru: 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря'.split(' '),
  uk: 'січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня'.split(' '),
  en: 'January February March April May June July August September October November December'.split(' '),
};
export const shortMonths: Names = {
  ru: 'янв. февр. мар. апр. мая июн. июл. авг. сент. окт. нояб. дек.'.split(' '),
  uk: 'січ. лют. бер. квіт. трав. черв. лип. серп. вер. жовт. лист. груд.'.split(' '),
  en: 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' '),
};
export const days: Names = {
  ru: 'воскресенье понедельник вторник среда четверг пятница суббота'.split(' '),
  uk: 'неділя понеділок вівторок середа четвер п’ятниця субота'.split(' '),
  en: 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' '),
};
export const shortDays: Names = {
  ru: 'вс пн вт ср чт пт сб'.split(' '),
  uk: 'нд пн вт ср чт пт сб'.split(' '),
  en: 'Sun Mon Tue Wed Thu Fri Sat'.split(' '),
};

const letters =
  'а a б b в v г h ґ g д d е e є ie ё e ж zh з z и y і i ї i й i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ы y э e ю iu я ia';
const latinOf = new Map(
  letters.split(' ').flatMap((sign, i, all) => (i % 2 === 0 ? [[sign, all[i + 1] ?? ''] as const] : [])),
);

/** Small Latin letters and digits, as in an address. */
export function latin(text: string): string {
  return [...text.toLowerCase()].map((sign) => latinOf.get(sign) ?? (/[a-z0-9]/.test(sign) ? sign : '')).join('');
}
