import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../core/time/clock.ts';

/** A letter of the demo's morning. */
interface Letter {
  /** After the one before. */
  readonly afterMs: number;
  readonly to: 'office' | 'faxes';
  readonly headers: readonly string[];
  readonly text: string;
  readonly file?: { readonly name: string; readonly type: string };
}

const us = 'romashka.example';
const id = (name: string) => `<demo-${name}@romashka-demo.example>`;

/**
 * The post of an office morning, in the office's language: a fax whose sender calls a moment later, a claim and what the
 * client adds to it, an answer of ours, somebody nobody knows, a machine, colleagues among themselves.
 */
const letters: readonly Letter[] = [
  {
    afterMs: 0,
    to: 'faxes',
    headers: ['From: HylaFAX Agent <fax@romashka.example>', `To: faxes@${us}`, 'Subject: Fax received from "ACME"'],
    text: [
      'recvq/fax000000318.tif (ftp://fax.romashka.example:4559/recvq/fax000000318.tif):',
      '          Sender: ACME',
      '           Pages: 1',
      '         Quality: Normal',
      '     Received On: ttyS0',
      '         CallID1: +380442001019',
      '         CallID2: TOV Acme',
    ].join('\r\n'),
    file: { name: 'fax000000318.tif', type: 'image/tiff' },
  },
  {
    afterMs: 3000,
    to: 'office',
    headers: [
      'From: Лариса Кравець <l.kravets@zavod-dnipro.example>',
      `To: Марина Шевчук <maryna.shevchuk@${us}>`,
      `Cc: office@${us}`,
      'Subject: Претензія за накладною 1187',
      `Message-ID: ${id('claim')}`,
    ],
    text: 'Доброго дня, Марино!\r\n\r\nУ вчорашній поставці три ящики пошкоджені, фото додам згодом.\r\nПросимо замінити до середи, інакше зупинимо складання.\r\n\r\n-- \r\nЛариса Кравець\r\nЗавод Дніпро, 056 300 20 20',
  },
  {
    afterMs: 12_000,
    to: 'office',
    headers: [
      'From: Лариса Кравець <l.kravets@zavod-dnipro.example>',
      `To: Марина Шевчук <maryna.shevchuk@${us}>`,
      `Cc: office@${us}`,
      'Subject: Re: Претензія за накладною 1187',
      `Message-ID: ${id('claim-2')}`,
      `In-Reply-To: ${id('claim')}`,
      `References: ${id('claim')}`,
    ],
    text: 'Забула написати: акт підписав ваш водій.\r\n\r\nпн, 2 бер. 2026 р. о 09:05 Лариса Кравець <l.kravets@zavod-dnipro.example> пише:\r\n\r\n> У вчорашній поставці три ящики пошкоджені, фото додам згодом.',
  },
  {
    afterMs: 8000,
    to: 'office',
    headers: [
      'From: Nova Budova <zakupivli@nova-budova.example>',
      `To: office@${us}`,
      'Subject: Запит прайсу на фланці',
      `Message-ID: ${id('stranger')}`,
    ],
    text: 'Вітаю! Надішліть, будь ласка, прайс на фланці DN50–DN100 і термін поставки до Львова.\r\n\r\nОксана, «Нова Будова»',
  },
  {
    afterMs: 8000,
    to: 'office',
    headers: [
      `From: Марина Шевчук <maryna.shevchuk@${us}>`,
      'To: Лариса Кравець <l.kravets@zavod-dnipro.example>',
      `Cc: office@${us}`,
      'Subject: Re: Претензія за накладною 1187',
      `Message-ID: ${id('answer')}`,
      `In-Reply-To: ${id('claim-2')}`,
      `References: ${id('claim')} ${id('claim-2')}`,
    ],
    text: 'Ларисо, замінимо у вівторок зранку, машина вже замовлена.\r\n\r\nМарина',
  },
  {
    afterMs: 5000,
    to: 'office',
    headers: [
      'From: Василь Дорош <vasyl@acme.example>',
      `To: office@${us}`,
      'Subject: Автоматична відповідь: Рахунок',
      'Auto-Submitted: auto-replied',
      `Message-ID: ${id('away')}`,
    ],
    text: 'Я у відпустці до понеділка.',
  },
  {
    afterMs: 2000,
    to: 'office',
    headers: [
      `From: Олена Коваль <olena.koval@${us}>`,
      `To: Марина Шевчук <maryna.shevchuk@${us}>`,
      'Subject: обід',
      `Message-ID: ${id('lunch')}`,
    ],
    text: 'О першій?',
  },
];

/** Makes the two mail folders of the demo; connectors look into them from then on. */
export function makePostboxes(folder: string): void {
  for (const box of ['office', 'faxes']) {
    for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(folder, 'mail', box, part), { recursive: true });
  }
}

/** Delivers the morning's post as a mail server does: written aside, then moved into its place. Ends early with the signal. */
export async function playPost(folder: string, clock: Clock, signal: AbortSignal): Promise<void> {
  for (const [n, letter] of letters.entries()) {
    await clock.sleep(letter.afterMs, signal);
    const box = join(folder, 'mail', letter.to);
    const name = `${Math.floor(clock.now().getTime() / 1000)}.M${n}.demo`;
    writeFileSync(join(box, 'tmp', name), bytesOf(letter, clock.now()));
    renameSync(join(box, 'tmp', name), join(box, 'new', name));
  }
}

function bytesOf({ headers, text, file }: Letter, date: Date): string {
  const head = [...headers.map(encoded), `Date: ${date.toUTCString().replace('GMT', '+0000')}`, 'MIME-Version: 1.0'];
  const words = `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text}\r\n`;
  if (file === undefined) return `${head.join('\r\n')}\r\n${words}`;
  const document = readFileSync(fileURLToPath(new URL('./mails/zayavka-318.tif', import.meta.url)));
  const content = document.toString('base64').replace(/.{76}/g, '$&\r\n');
  const attached = `Content-Type: ${file.type}; name="${file.name}"\r\nContent-Disposition: attachment; filename="${file.name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${content}\r\n`;
  return `${head.join('\r\n')}\r\nContent-Type: multipart/mixed; boundary="demo"\r\n\r\n--demo\r\n${words}--demo\r\n${attached}--demo--\r\n`;
}

/** Words of a header that are not ASCII, as RFC 2047 writes them; at most 45 bytes each. */
function encoded(header: string): string {
  return header.replace(/[^\x20-\x7e<>@:]+(?: [^\x20-\x7e<>@:]+)*/g, (words) =>
    pieces(words)
      .map((piece) => `=?utf-8?B?${Buffer.from(piece).toString('base64')}?=`)
      .join('\r\n '),
  );
}

function pieces(words: string): string[] {
  const found: string[] = [''];
  for (const sign of words) {
    const last = found.at(-1) ?? '';
    if (Buffer.byteLength(last + sign) > 42) found.push(sign);
    else found[found.length - 1] = last + sign;
  }
  return found;
}
