/** A mail from a client to us; the nth of many. */
export function clientMail(
  n: number,
  more: { readonly from?: string; readonly to?: string; readonly bytes?: number } = {},
): string {
  const { from = 'client@outside.example', to = 'sales@ours.example', bytes = 0 } = more;
  const line = `${'Lorem ipsum dolor sit amet, consectetur adipiscing elit. 0123456789'}\r\n`;
  return [
    `From: Client <${from}>`,
    `To: ${to}`,
    `Subject: mail ${n}`,
    `Message-ID: <mail-${n}@outside.example>`,
    'Date: Mon, 02 Mar 2026 10:00:00 +0200',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `the text of mail ${n}`,
    line.repeat(Math.ceil(bytes / line.length)),
  ].join('\r\n');
}
