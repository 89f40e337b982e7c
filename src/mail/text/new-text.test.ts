import { describe, expect, test } from 'vitest';
import { htmlLines } from './html-lines.ts';
import { textLines } from './lines.ts';
import { newText } from './new-text.ts';
import type { Prefix } from './quote-words.ts';

const reply = { prefix: 'reply' as Prefix, isReply: true };
const fresh = { prefix: null, isReply: false };
const ofText = (text: string, options: { prefix: Prefix; isReply: boolean } = reply) =>
  newText(textLines(text, false), options);
const ofHtml = (html: string, options: { prefix: Prefix; isReply: boolean } = reply) =>
  newText(htmlLines(html), options);

const gist = 'Подтверждаем заказ № 15, ждём отгрузку.';
const old = '> Добрый день!\n> Когда ждать заказ?\n>\n> Иван';

describe('plain text: what mail programs write above a quote', () => {
  test.each([
    ['Gmail, Russian', 'вт, 17 нояб. 2026 г. в 10:15, Иван Петренко <ivan@a.example>:'],
    [
      'Gmail, Russian, broken over two lines',
      'вт, 17 нояб. 2026 г. в 10:15, Иван Константинович Петренко-Заозёрский\n<ivan.petrenko@a.example>:',
    ],
    ['Gmail, Ukrainian', 'вт, 17 лист. 2026 р. о 10:15 Іван Петренко <ivan@a.example> пише:'],
    ['Gmail, English', 'On Tue, Nov 17, 2026 at 10:15 AM John Smith <john@a.example> wrote:'],
    [
      'Gmail, English, broken',
      'On Tue, Nov 17, 2026 at 10:15 AM John Montgomery Smith <\njohn.smith@a.example> wrote:',
    ],
    ['Apple Mail, Russian', '17 нояб. 2026 г., в 10:15, Иван Петренко <ivan@a.example> написал(а):'],
    ['iPhone, Ukrainian', '17 лист. 2026 р. о 10:15 Іван Петренко <ivan@a.example> написав(-ла):'],
    ['Apple Mail, English', 'On 17 Nov 2026, at 10:15, John Smith <john@a.example> wrote:'],
    ['Thunderbird, Russian', '17.11.2026 10:15, Иван Петренко пишет:'],
    ['Thunderbird, Ukrainian', '17.11.26 10:15, Іван Петренко пише:'],
    ['Thunderbird, English', 'On 11/17/26 10:15, John Smith wrote:'],
    ['mail.ru', 'Вторник, 17 ноября 2026, 10:15 +03:00 от Иван Петренко <ivan@a.example>:'],
    ['mail.ru, old', 'Вторник, 17 ноября 2026, 10:15 +03:00 от "Иван Петренко" <ivan@a.example>:'],
    ['Yandex', '17.11.2026, 10:15, "Иван Петренко" <ivan@a.example>:'],
    ['K-9', '17 ноября 2026 г. 10:15:30 GMT+03:00, Иван Петренко <ivan@a.example> пишет:'],
    ['The Bat!', 'Вы писали 17 ноября 2026 г., 10:15:30:'],
    ['a person', 'Иван Петренко писал(а) 2026-11-17 10:15:'],
  ])('%s', (_program, head) => {
    expect(ofText(`${gist}\n\n${head}\n\n${old}\n`).text).toBe(gist);
    expect(ofText(`${head}\n${old}\n\n${gist}\n`).text).toBe(gist);
  });

  test.each([
    [
      'Outlook, Russian',
      '-----Исходное сообщение-----\nОт: Иван Петренко <ivan@a.example> \nОтправлено: вторник, 17 ноября 2026 г. 10:15\nКому: Ольга <o@b.example>\nТема: Заказ',
    ],
    [
      'Outlook 365, Russian',
      'От: Иван Петренко <ivan@a.example> \nОтправлено: вторник, 17 ноября 2026 г. 10:15\nКому: Ольга <o@b.example>; Пётр <p@b.example>\nКопия: Анна <a@b.example>\nТема: RE: Заказ',
    ],
    [
      'Outlook, Ukrainian',
      '________________________________\nВід: Іван <ivan@a.example>\nНадіслано: вівторок, 17 листопада 2026 р. 10:15\nКому: Ольга <o@b.example>\nТема: Замовлення',
    ],
    [
      'Outlook, English',
      'From: John Smith <john@a.example> \nSent: Tuesday, November 17, 2026 10:15 AM\nTo: Mary <m@b.example>\nSubject: RE: Order',
    ],
    [
      'Outlook in bold letters',
      '*From:* John Smith <john@a.example>\n*Sent:* Tuesday, November 17, 2026 10:15 AM\n*To:* Mary <m@b.example>\n*Subject:* Order',
    ],
    [
      'Outlook for Mac',
      'От: Иван <ivan@a.example>\nДата: вторник, 17 ноября 2026 г. в 10:15\nКому: Ольга <o@b.example>\nТема: Заказ',
    ],
    [
      'Outlook for phones',
      '________________________________\nFrom: John <john@a.example>\nSent: Tuesday, November 17, 2026 10:15:30 AM\nTo: Mary <m@b.example>\nSubject: Order',
    ],
    [
      'Outlook, a long list of recipients',
      'От: Иван <ivan@a.example>\nОтправлено: 17 ноября 2026 г. 10:15\nКому: Ольга <o@b.example>; Пётр <p@b.example>;\n Анна <a@b.example>\nТема: Заказ',
    ],
    [
      'Samsung',
      '-------- Исходное сообщение --------\nОт: Иван <ivan@a.example>\nДата: 17.11.2026 10:15 (GMT+02:00)\nКому: o@b.example\nТема: Заказ',
    ],
    [
      'ukr.net',
      '--- Оригінальне повідомлення ---\nВід кого: "Іван" <ivan@a.example>\nДата: 17 листопада 2026, 10:15:30',
    ],
    ['Windows Mail', 'От: Иван Петренко\nОтправлено: 17 ноября 2026 г. 10:15\nКому: o@b.example\nТема: Заказ'],
  ])('%s, without signs in front of the quote', (_program, head) => {
    expect(ofText(`${gist}\n\n${head}\n\nДобрый день!\nКогда ждать заказ?\n\nИван`).text).toBe(gist);
  });

  test('answers between the quotes stay, in order', () => {
    const text =
      'вт, 17 нояб. 2026 г. в 10:15, Иван <ivan@a.example>:\n> Когда отгрузка?\nВо вторник.\n> Сколько мест?\nДва паллета.\n';
    expect(ofText(text).text).toBe('Во вторник.\nДва паллета.');
  });

  test('no answer but a quote', () => {
    expect(ofText(`вт, 17 нояб. 2026 г. в 10:15, Иван <i@a.example>:\n${old}`)).toMatchObject({
      text: '',
      isTrimmed: true,
    });
  });

  test('an answer below a quote of Outlook is not lost', () => {
    const text = `От: Иван <i@a.example>\nОтправлено: 17 ноября 2026 г. 10:15\nКому: o@b.example\nТема: Заказ\n\nКогда ждать?\n\n${gist}`;
    expect(ofText(text).text).toContain(gist);
  });
});

describe('what looks like a quote and is none', () => {
  test.each([
    ['a date and a time', 'Встречаемся 17.11.2026 в 10:15:\n- договор\n- акт'],
    ['somebody is cited', 'Иван вчера написал:\nцену не менять. Согласны?'],
    ['labels of an address', 'Отгрузите так.\nОт: склад № 2\nКому: магазин на Садовой\nСрок: пятница'],
    ['an address with a colon', 'Пишите на ivan@a.example: там ответят быстрее.'],
    ['lines of a table', '> 5 штук — скидка 3 %\n> 10 штук — скидка 5 %'],
    ['dashes between paragraphs', 'Первый вопрос: сроки?\n\n---\n\nВторой вопрос: цена?'],
  ])('%s', (_story, text) => {
    expect(ofText(text, fresh).text).toBe(text);
  });
});

describe('HTML of mail programs', () => {
  test.each([
    [
      'Gmail',
      `<div dir="ltr">${gist}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">вт, 17 нояб. 2026 г. в 10:15, Иван &lt;<a href="mailto:ivan@a.example">ivan@a.example</a>&gt;:<br></div><blockquote class="gmail_quote" style="margin:0"><div>Когда ждать?</div></blockquote></div>`,
    ],
    [
      'Gmail, answer below',
      `<div class="gmail_quote"><div class="gmail_attr">On Tue, Nov 17, 2026 at 10:15 AM John &lt;j@a.example&gt; wrote:<br></div><blockquote class="gmail_quote">Когда ждать?</blockquote></div><div>${gist}</div>`,
    ],
    [
      'Outlook',
      `<html><body lang=RU><div class=WordSection1><p class=MsoNormal>${gist}<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>От:</b> Иван &lt;ivan@a.example&gt; <br><b>Отправлено:</b> 17 ноября 2026 г. 10:15<br><b>Кому:</b> Ольга &lt;o@b.example&gt;<br><b>Тема:</b> Заказ<o:p></o:p></p></div></div><p class=MsoNormal>Когда ждать?</p></div></body></html>`,
    ],
    [
      'Outlook in a language of its own',
      `<p>${gist}</p><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font><b>Odesláno:</b> úterý<br><b>Komu:</b> X</font></div><div>Когда ждать?</div>`,
    ],
    [
      'Outlook for phones',
      `<div>${gist}</div><div id="ms-outlook-mobile-signature"><div>Получить <a href="x">Outlook для iOS</a></div></div><hr><div id="divRplyFwdMsg"><b>От:</b> Иван &lt;i@a.example&gt;<br><b>Отправлено:</b> вт<br><b>Кому:</b> X<br><b>Тема:</b> Y</div><div>Когда?</div>`,
    ],
    [
      'Thunderbird',
      `<p>${gist}</p><div class="moz-cite-prefix">17.11.2026 10:15, Иван пишет:<br></div><blockquote type="cite" cite="mid:1@a"><p>Когда ждать?</p></blockquote>`,
    ],
    [
      'Thunderbird, signature',
      `<p>${gist}</p><div class="moz-signature">-- <br>Ольга<br>+380440001000</div><div class="moz-cite-prefix">17.11.2026 10:15, Иван пишет:</div><blockquote type="cite">Когда?</blockquote>`,
    ],
    [
      'Apple Mail',
      `<div>${gist}</div><div><br><blockquote type="cite"><div>On 17 Nov 2026, at 10:15, John &lt;j@a.example&gt; wrote:</div><br><div>Когда?</div></blockquote></div>`,
    ],
    [
      'mail.ru',
      `<div>${gist}</div><blockquote style="border-left:1px solid #0857A6;">Вторник, 17 ноября 2026, 10:15 +03:00 от Иван &lt;i@a.example&gt;:<br><div>Когда?</div></blockquote>`,
    ],
    [
      'Yandex',
      `<div>${gist}</div><div>&nbsp;</div><div>17.11.2026, 10:15, "Иван" &lt;i@a.example&gt;:</div><blockquote><div>Когда?</div></blockquote>`,
    ],
    [
      'Yahoo',
      `<div>${gist}</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Tuesday, November 17, 2026, 10:15, John &lt;j@a.example&gt; wrote:</div><div>Когда?</div></div>`,
    ],
    [
      'Proton',
      `<div>${gist}</div><div class="protonmail_quote">On Tuesday, November 17th, 2026 at 10:15, John &lt;j@a.example&gt; wrote:<blockquote>Когда?</blockquote></div>`,
    ],
  ])('%s', (_program, html) => {
    expect(ofHtml(html).text).toBe(gist);
  });

  test('lines, entities, tables, what is not shown', () => {
    const html =
      '<head><title>T</title><style>p{}</style></head><p>Один&nbsp;&amp; два<br>три &laquo;ч&raquo; &#1087;</p><table><tr><td>Цена</td><td>5 &euro;</td></tr><tr><td>Срок</td><td>2 дня</td></tr></table><script>x()</script><!-- y --><ul><li>а<li>б</ul>5 < 6';
    expect(ofHtml(html, fresh).text).toBe('Один & два\nтри «ч» п\n\nЦена 5 €\nСрок 2 дня\nа\nб\n5 < 6');
  });

  test('preformatted text keeps its lines', () => {
    expect(ofHtml('<pre>а  б\nв</pre>', fresh).text).toBe('а  б\nв');
  });
});

describe('signatures', () => {
  test.each([
    ['two dashes', `${gist}\n\n-- \nОльга Орлова\nменеджер по продажам\n+380 44 000-10-00`, gist],
    ['regards', `${gist}\n\nС уважением,\nОльга Орлова\nООО «Ромашка», тел. +7 495 000-11-22`, gist],
    ['regards and name in one line', `${gist}\nС уважением, Ольга Орлова`, gist],
    ['regards, Ukrainian', `${gist}\n\nЗ повагою,\nІван Ґалаґан\nСвітанок-2, тел. +380440001122`, gist],
    ['regards, English', `${gist}\n\nKind regards,\nMary O'Neill\nSales Manager\nmary@b.example`, gist],
    ['thanks and a name', `${gist}\n\nСпасибо,\nОльга`, gist],
    [
      'thanks and a sentence',
      `${gist}\n\nСпасибо,\nждём ответа до пятницы.`,
      `${gist}\n\nСпасибо,\nждём ответа до пятницы.`,
    ],
    ['thanks in the middle', `Спасибо!\n\n${gist}`, `Спасибо!\n\n${gist}`],
    ['nothing but thanks', 'Спасибо,\nОльга', 'Спасибо,\nОльга'],
    ['a greeting and thanks', 'Добрый день!\n\nСпасибо,\nОльга', 'Добрый день!\n\nСпасибо,\nОльга'],
    [
      'a postscript',
      `${gist}\n\nС уважением,\nОльга\n\nP.S. Позвоните завтра до 12:00.`,
      `${gist}\n\nP.S. Позвоните завтра до 12:00.`,
    ],
    ['an iPhone', `${gist}\n\nОтправлено с iPhone`, gist],
    ['mail.ru for phones', `${gist}\n\n--\nОтправлено из Mail.ru для Android`, gist],
    ['Yandex for phones', `${gist}\n\n-- \nОтправлено из мобильного приложения Яндекс Почты`, gist],
    ['Samsung', `${gist}\n\nОтправлено со смартфона Samsung Galaxy.`, gist],
    ['K-9', `${gist}\n\n-- \nПростите за краткость, создано в K-9 Mail.`, gist],
    ['K-9, English', `${gist}\n\nSent from my Android device with K-9 Mail. Please excuse my brevity.`, gist],
    ['Outlook for iOS', `${gist}\n\nGet Outlook for iOS`, gist],
    ['Ukrainian phone', `${gist}\n\nНадіслано з мобільного пристрою`, gist],
    ['a name and a phone', `${gist}\n\nС уважением,\nОльга\n\nОтправлено с iPhone`, gist],
    [
      'something was sent from the warehouse',
      `${gist}\nОтправлено со склада вчера`,
      `${gist}\nОтправлено со склада вчера`,
    ],
    ['sent by courier', `${gist}\nSent from our warehouse yesterday.`, `${gist}\nSent from our warehouse yesterday.`],
    [
      'confidential',
      `${gist}\n\nС уважением,\nОльга\n\nДанное сообщение и вложения конфиденциальны и предназначены только адресату.`,
      gist,
    ],
  ])('%s', (_story, text, expected) => {
    expect(ofText(text, fresh).text).toBe(expected);
  });
});

describe('forwards', () => {
  const fwd = { prefix: 'forward' as Prefix, isReply: false };
  const body = `Добрый день!\n\n${gist}`;
  const head =
    'От: Иван Петренко <ivan@a.example>\nДата: вт, 17 нояб. 2026 г. в 10:15\nТема: Заказ\nКому: Ольга <o@b.example>';
  test.each([
    ['Gmail, Russian', `---------- Forwarded message ---------\n${head}`],
    ['Gmail, Russian words', `---------- Пересылаемое сообщение ---------\n${head}`],
    [
      'Gmail, Ukrainian',
      '---------- Переслане повідомлення ----------\nВід: Іван <ivan@a.example>\nДата: вт, 17 лист. 2026 р.\nТема: Заказ\nКому: x <x@b.example>',
    ],
    [
      'Outlook',
      'От: Иван Петренко <ivan@a.example> \nОтправлено: вторник, 17 ноября 2026 г. 10:15\nКому: Ольга <o@b.example>\nТема: Заказ',
    ],
    [
      'Outlook, old',
      '-----Original Message-----\nFrom: Ivan Petrenko [mailto:ivan@a.example] \nSent: Tuesday, November 17, 2026 10:15 AM\nTo: Olga\nSubject: Order',
    ],
    [
      'Thunderbird',
      '-------- Перенаправленное сообщение --------\nТема: Заказ\nДата: Tue, 17 Nov 2026 10:15:30 +0200\nОт: Иван Петренко <ivan@a.example>\nКому: o@b.example',
    ],
    [
      'Apple Mail',
      'Начало переадресованного сообщения:\n\nОт: Иван Петренко <ivan@a.example>\nТема: Заказ\nДата: 17 ноября 2026 г., 10:15:30 GMT+2\nКому: o@b.example',
    ],
    [
      'mail.ru',
      '-------- Пересылаемое сообщение --------\nОт кого: Иван Петренко <ivan@a.example>\nКому: o@b.example\nДата: Вторник, 17 ноября 2026, 10:15 +03:00\nТема: Заказ',
    ],
    ['Yandex', '-------- Пересылаемое сообщение --------\n17.11.2026, 10:15, "Иван Петренко" <ivan@a.example>:'],
    ['Yandex, end marked', '-------- Пересылаемое сообщение--------\n17.11.2026, 10:15, "Иван" <ivan@a.example>:'],
  ])('%s: the client’s words stay, his address is found', (_program, marker) => {
    const result = ofText(`Коллеги, см. ниже.\n\n${marker}\n\n${body}\n\nС уважением,\nИван`, fwd);
    expect(result.forwarded?.sender?.email).toBe('ivan@a.example');
    expect(result.text).toBe(`Коллеги, см. ниже.\n\n${body}`);
  });

  test('Apple Mail quotes what it forwards', () => {
    const quoted = `Begin forwarded message:\n\n> From: Ivan <ivan@a.example>\n> Subject: Order\n> Date: 17 November 2026 at 10:15:30 GMT+2\n> To: o@b.example\n> \n> ${gist}`;
    const result = ofText(`FYI\n\n${quoted}`, fwd);
    expect(result).toMatchObject({
      text: `FYI\n\n${gist}`,
      forwarded: { sender: { email: 'ivan@a.example', name: 'Ivan' } },
    });
  });

  test('what the forwarded mail itself quoted goes', () => {
    const result = ofText(
      `---------- Forwarded message ---------\n${head}\n\n${gist}\n\nпн, 16 нояб. 2026 г. в 9:00, Ольга <o@b.example>:\n> Подтвердите?`,
      fwd,
    );
    expect(result.text).toBe(gist);
  });

  test('an answer to a forward is no forward', () => {
    const result = ofText(
      `Спасибо, посмотрю сегодня.\n\nвт, 17 нояб. 2026 г. в 12:00, Ольга <o@b.example>:\n> ---------- Forwarded message ---------\n> От: Иван <ivan@a.example>\n> Дата: вт\n> \n> ${gist}`,
    );
    expect(result).toMatchObject({ text: 'Спасибо, посмотрю сегодня.', forwarded: null });
  });
});

test('markup and text made to hurt take linear time', () => {
  const started = process.cpuUsage();
  const bombs = [
    '<div>'.repeat(200_000),
    `${'<blockquote>'.repeat(50_000)}x`,
    '<style>'.repeat(100_000),
    '<!--'.repeat(200_000),
    '<a href="'.repeat(100_000),
    `<p class="${'x'.repeat(500_000)}`,
    '<'.repeat(500_000),
    '&'.repeat(500_000),
    '<table><tr><td>x</td></tr></table>'.repeat(50_000),
    '</div>'.repeat(300_000),
    '<b>x</b>'.repeat(400_000), // not one value to be found
    `${'<i>'.repeat(4000)}${'</b>'.repeat(100_000)}`,
  ];
  for (const html of bombs) ofHtml(html);
  const texts = [
    '>'.repeat(1_000_000),
    '> \n'.repeat(300_000),
    'От: а\n'.repeat(100_000),
    `${' '.repeat(500_000)}:`,
    '-'.repeat(500_000),
    'а@'.repeat(200_000),
    `${'17.11.2026 10:15 '.repeat(30_000)}:`,
    'С уважением,\n'.repeat(50_000),
    '\n'.repeat(500_000),
  ];
  for (const text of texts) ofText(text);
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(9000);
}, 60_000);
