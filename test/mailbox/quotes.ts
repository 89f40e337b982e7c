import { pad } from './chance.ts';
import type { Person } from './mime.ts';
import { days, type Lang, months, shortDays, shortMonths } from './words.ts';

// How mail programs quote, in text and in HTML.

export type Style = 'gmail' | 'outlook' | 'apple' | 'thunderbird' | 'mailru' | 'yandex';
export const styles: Readonly<Record<Lang, Readonly<Partial<Record<Style, number>>>>> = {
  ru: { gmail: 3, outlook: 4, apple: 1, thunderbird: 1, mailru: 2, yandex: 2 },
  uk: { gmail: 4, outlook: 3, apple: 1, thunderbird: 1 },
  en: { gmail: 4, outlook: 4, apple: 2, thunderbird: 1 },
};

export interface Quoted {
  readonly n: number;
  readonly date: Date;
  readonly from: Person;
  readonly to: Person;
  readonly subject: string;
  readonly fullText: string;
}

export const clock = (date: Date) => `${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`;
const numeric = (date: Date) => `${pad(date.getUTCDate())}.${pad(date.getUTCMonth() + 1)}.${date.getUTCFullYear()}`;

export function longDate(date: Date, lang: Lang): string {
  const [day, month] = [days[lang][date.getUTCDay()], months[lang][date.getUTCMonth()]];
  if (lang === 'en') return `${day}, ${month} ${date.getUTCDate()}, ${date.getUTCFullYear()} ${clock(date)}`;
  return `${day}, ${date.getUTCDate()} ${month} ${date.getUTCFullYear()} ${lang === 'ru' ? 'г.' : 'р.'} ${clock(date)}`;
}

function announce({ date, from, to, subject, n }: Quoted, style: Style, lang: Lang): string {
  const weekday = shortDays[lang][date.getUTCDay()];
  const [day, year, time] = [date.getUTCDate(), date.getUTCFullYear(), clock(date)];
  const month = shortMonths[lang][date.getUTCMonth()];
  const who = `${from.name} <${from.email}>`;
  switch (style) {
    case 'gmail':
      return {
        ru: `${weekday}, ${day} ${month} ${year} г. в ${time}, ${who}:`,
        uk: `${weekday}, ${day} ${month} ${year} р. о ${time} ${who} пише:`,
        en: `On ${weekday}, ${month} ${day}, ${year} at ${time} ${who} wrote:`,
      }[lang];
    case 'apple':
      return {
        ru: `${day} ${month} ${year} г., в ${time}, ${who} написал(а):`,
        uk: `${day} ${month} ${year} р. о ${time} ${who} написав(-ла):`,
        en: `On ${day} ${month} ${year}, at ${time}, ${who} wrote:`,
      }[lang];
    case 'thunderbird':
      return {
        ru: `${numeric(date)} ${time}, ${from.name} пишет:`,
        uk: `${numeric(date)} ${time}, ${from.name} пише:`,
        en: `On ${numeric(date).replaceAll('.', '/')} ${time}, ${from.name} wrote:`,
      }[lang];
    case 'mailru': {
      const name = (days.ru[date.getUTCDay()] ?? '').replace(/^./, (sign) => sign.toUpperCase());
      return `${name}, ${day} ${months.ru[date.getUTCMonth()]} ${year}, ${time} +03:00 от ${who}:`;
    }
    case 'yandex':
      return `${numeric(date)}, ${time}, "${from.name}" <${from.email}>:`;
    case 'outlook': {
      const [a, b, c, d, line] = {
        ru: ['От', 'Отправлено', 'Кому', 'Тема', '-----Исходное сообщение-----'],
        uk: ['Від', 'Надіслано', 'Кому', 'Тема', '-----Оригінальне повідомлення-----'],
        en: ['From', 'Sent', 'To', 'Subject', '-----Original Message-----'],
      }[lang];
      const divider = n % 2 ? line : '________________________________';
      return `${divider}\n${a}: ${who}\n${b}: ${longDate(date, lang)}\n${c}: ${to.name} <${to.email}>\n${d}: ${subject}\n`;
    }
  }
}

export const escapeHtml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
export const divs = (text: string) =>
  text
    .split('\n')
    .map((line) => `<div>${escapeHtml(line) || '<br>'}</div>`)
    .join('\n');
const signed = (text: string) =>
  text
    .split('\n')
    .map((line) => (line.startsWith('>') ? '>' : '> ') + line)
    .join('\n');

/** `body` with `mail` quoted below it, or, when `bottom`, above it. */
export function quoted(body: string, mail: Quoted, style: Style, lang: Lang, bottom: boolean) {
  const head = announce(mail, style, lang);
  const plain = style === 'outlook' ? `${head}\n${mail.fullText}` : `${head}\n\n${signed(mail.fullText)}`;
  const quote = `<blockquote type="cite" style="margin:0 0 0 .8ex;border-left:1px solid #ccc;padding-left:1ex">${divs(mail.fullText)}</blockquote>`;
  const html = markup(head, quote, mail, style);
  return bottom
    ? { text: `${plain}\n\n${body}`, html: `${html}<br>${divs(body)}` }
    : { text: `${body}\n\n${plain}`, html: `${divs(body)}<br>${html}` };
}

function markup(head: string, quote: string, mail: Quoted, style: Style): string {
  if (style === 'gmail') {
    return `<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${escapeHtml(head)}<br></div>${quote.replace('type="cite"', 'class="gmail_quote"')}</div>`;
  }
  if (style === 'outlook') {
    const lines = head.split('\n').slice(1);
    const bold = lines.map((line) =>
      line.replace(/^([^:]+:)(.*)$/, (_, a: string, b: string) => `<b>${a}</b>${escapeHtml(b)}`),
    );
    return `<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class=MsoNormal>${bold.join('<br>')}</p></div>${divs(mail.fullText)}`;
  }
  if (style === 'thunderbird') return `<div class="moz-cite-prefix">${escapeHtml(head)}<br></div>${quote}`;
  return `<div>${escapeHtml(head)}</div>${quote}`;
}
