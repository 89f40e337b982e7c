/** Domains in which everybody may have a mailbox: they say nothing about a company. */
export const freemailDomains: ReadonlySet<string> = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com mac.com ' +
    'proton.me protonmail.com pm.me zoho.com gmx.com gmx.net gmx.de web.de t-online.de freenet.de mail.com tutanota.com ' +
    'mail.ru bk.ru list.ru inbox.ru internet.ru yandex.ru yandex.com yandex.by yandex.kz yandex.ua ya.ru rambler.ru lenta.ru ' +
    'ukr.net i.ua meta.ua bigmir.net email.ua online.ua ua.fm tut.by mail.by mail.kz ' +
    'wp.pl o2.pl onet.pl onet.eu interia.pl interia.eu poczta.fm op.pl gazeta.pl ' +
    'btinternet.com sky.com virginmedia.com talktalk.net hotmail.co.uk yahoo.co.uk live.co.uk ' +
    'comcast.net verizon.net att.net sbcglobal.net cox.net duck.com fastmail.com hey.com qq.com 163.com 126.com ' +
    'yandex.com.tr narod.ru myrambler.ru autorambler.ru ro.ru pochta.ru mail.ua xmail.ru nm.ru hotbox.ru vk.com ' +
    'ukrpost.ua 3g.ua i.net.ua email.by open.by inbox.lv outlook.de hotmail.de yahoo.de live.de aol.de arcor.de ' +
    'gmx.at gmx.ch bluewin.ch outlook.fr hotmail.fr yahoo.fr orange.fr wanadoo.fr free.fr laposte.net yahoo.it libero.it ' +
    'seznam.cz centrum.cz azet.sk onet.com.pl tlen.pl vp.pl autograf.pl mac.me rocketmail.com inbox.com usa.net email.com ' +
    'mailbox.org posteo.de riseup.net skiff.com tuta.io tutanota.de hushmail.com yahoo.com.tr yahoo.co.in yahoo.co.jp'
  ).split(' '),
);

/** Names under which countries give out names: a client that has one in the directory has everybody's. */
const registries: ReadonlySet<string> = new Set(
  (
    'com.ua net.ua org.ua gov.ua edu.ua in.ua co.ua biz.ua pp.ua kiev.ua kyiv.ua lviv.ua odessa.ua od.ua dp.ua kh.ua zp.ua ' +
    'com.ru net.ru org.ru pp.ru msk.ru spb.ru gov.ru edu.ru ac.ru com.by net.by org.by gov.by com.kz org.kz gov.kz edu.kz ' +
    'com.pl net.pl org.pl edu.pl gov.pl info.pl biz.pl waw.pl co.uk org.uk me.uk ltd.uk plc.uk net.uk ac.uk gov.uk ' +
    'com.de co.at or.at com.tr com.ge com.md co.il com.cn co.jp com.br com.au eu.com uk.com us.com de.com ru.com'
  ).split(' '),
);

/** The domain of an address and every domain above it that may be a company's, down to two labels: mail.kyiv.acme.example → …, acme.example. */
export function companyDomains(email: string): readonly string[] {
  const labels = email.slice(email.lastIndexOf('@') + 1).split('.');
  const all = labels.slice(0, -1).map((_, i) => labels.slice(i).join('.'));
  const domains = all.filter((domain) => !registries.has(domain));
  return domains.some((domain) => freemailDomains.has(domain)) ? [] : domains;
}
