/** Domains in which everybody may have a mailbox: they say nothing about a company. */
export const freemailDomains: ReadonlySet<string> = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com mac.com ' +
    'proton.me protonmail.com pm.me zoho.com gmx.com gmx.net gmx.de web.de t-online.de freenet.de mail.com tutanota.com ' +
    'mail.ru bk.ru list.ru inbox.ru internet.ru yandex.ru yandex.com yandex.by yandex.kz yandex.ua ya.ru rambler.ru lenta.ru ' +
    'ukr.net i.ua meta.ua bigmir.net email.ua online.ua ua.fm tut.by mail.by mail.kz ' +
    'wp.pl o2.pl onet.pl onet.eu interia.pl interia.eu poczta.fm op.pl gazeta.pl ' +
    'btinternet.com sky.com virginmedia.com talktalk.net hotmail.co.uk yahoo.co.uk live.co.uk ' +
    'comcast.net verizon.net att.net sbcglobal.net cox.net duck.com fastmail.com hey.com qq.com 163.com'
  ).split(' '),
);

/** The domain of an address and every domain above it down to two labels: mail.kyiv.acme.example → …, acme.example. */
export function companyDomains(email: string): readonly string[] {
  const labels = email.slice(email.lastIndexOf('@') + 1).split('.');
  const domains = labels.slice(0, -1).map((_, i) => labels.slice(i).join('.'));
  return domains.some((domain) => freemailDomains.has(domain)) ? [] : domains;
}
