// Signatures and sign-offs at the end of what somebody wrote. Only the end is looked at, and only what looks like nothing
// else: a signature that stays is a nuisance, a sentence that goes is a loss.

/** The text without what people and programs put below it. Empty only when the text was. */
export function withoutSignature(text: string): string {
  let lines = text.split('\n');
  for (const cut of [withoutLegalese, withoutDashes, withoutDevice, withoutSignOff, withoutDevice]) {
    const shorter = trimmed(cut(lines));
    if (isSaying(shorter)) lines = shorter;
  }
  return lines.join('\n');
}

/** More than a greeting is left. */
function isSaying(lines: readonly string[]): boolean {
  return lines.some((line) => line.trim() !== '' && !greeting.test(line.trim()));
}

const greeting =
  /^(?:здравствуйте|добрый день|доброе утро|добрый вечер|приветствую|привет|уважаем\p{L}*|вітаю|доброго дня|добрий день|доброго ранку|добрий ранок|добрий вечір|добридень|шановн\p{L}*|hello|hi|hey|dear|good (?:morning|day|afternoon|evening))(?!\p{L})[^.?]{0,60}[!,.]?$/iu;

function trimmed(lines: readonly string[]): string[] {
  let end = lines.length;
  while (end > 0 && (lines[end - 1] ?? '').trim() === '') end--;
  return lines.slice(0, end);
}

/** RFC 3676 §4.3: two dashes and a blank. The blank is often lost on the way. */
function withoutDashes(lines: readonly string[]): string[] {
  const at = lines.findLastIndex((line) => /^(?:--|—|–)\s*$/.test(line));
  if (at < 0) return [...lines];
  const below = lines.slice(at + 1);
  const isShort = below.length <= 20 && below.join('').length <= 1200;
  return isShort ? lines.slice(0, at) : [...lines];
}

const device =
  'iphone|ipad|ipod|ios|android|андроид|samsung|galaxy|huawei|honor|xiaomi|redmi|nokia|blackberry|windows phone|мобильн|мобільн|смартфон|мобильник|mail\\.ru|mail for windows|почты для windows|пошти для windows|яндекс|yandex|outlook|gmail|yahoo|k-9|thunderbird|protonmail|proton mail|mymail|my ?mail|ukr\\.net|i\\.ua|meta\\.ua|rambler|рамблер|mailbird|spark|bluemail|blue mail|edison|my phone|mobile device|my mobile|моего телефона|мого телефону|устройства|пристрою';
const deviceLine = new RegExp(
  `^(?:[-–—*]{1,3}\\s*)?(?:(?:отправлено|послано|надіслано|відправлено|написано|sent|created|создано|enviado|получите|скачать|скачайте|загрузить|завантажити|завантажте|отримайте|get|download|установите)\\s+(?:(?:с|со|из|через|з|зі|із|від|from|via|using|by|with|с помощью|за допомогою)\\s+)?[^.!?]{0,60}?(?:${device})).{0,100}$`,
  'iu',
);
const excuse =
  /^(?:please excuse (?:my )?(?:brevity|any typos)|простите за краткость|извините за краткость|вибачте за стислість|пробачте за стислість|перепрошую за стислість)/iu;

function withoutDevice(lines: readonly string[]): string[] {
  let end = lines.length;
  for (let i = lines.length - 1; i >= 0 && i >= lines.length - 6; i--) {
    const line = (lines[i] ?? '').trim();
    if (line === '' || line === '--') continue;
    if (line.length > 160 || !(deviceLine.test(line) || excuse.test(line))) break;
    end = i;
  }
  return lines.slice(0, end);
}

const formal =
  'с\\s+(?:глубоким |огромным |искренним )?уважением|с наилучшими(?: пожеланиями)?|с лучшими пожеланиями|с найлучшими пожеланиями|с пожеланиями|искренне ваш\\p{L}*|всего (?:самого )?(?:наи)?(?:доброго|лучшего|хорошего)|хорошего дня|удачного дня|з\\s+(?:глибокою |щирою )?повагою|із повагою|з найкращими(?: побажаннями)?|з побажаннями|щиро ваш\\p{L}*|щиро|усього найкращого|всього (?:найкращого|доброго)|гарного дня|(?:with )?(?:best|kind|kindest|warm|warmest|many)\\s+(?:regards|wishes)|with (?:best |kind )?regards|regards|best|br|kr|cheers|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|have a (?:nice|good|great) (?:day|weekend)';
const grateful =
  'спасибо(?: за внимание| заранее)?|заранее (?:спасибо|благодар\\p{L}+)|благодарю|благодарим|дякую(?: за увагу| заздалегідь)?|дякуємо|наперед дякую|thanks(?: a lot| again| in advance)?|many thanks|thank you(?: very much| in advance)?|thx|спс';
const signOff = new RegExp(`^(?:${formal})(?:\\s+(?:и|та|і)\\s+(?:${grateful}|${formal}))?\\s*[,.!]*$`, 'iu');
const thanks = new RegExp(`^(?:${grateful})\\s*[,.!]*$`, 'iu');
const signOffWithName = new RegExp(`^(?:${formal})\\s*,?\\s+(?:\\p{Lu}[\\p{L}'’.-]*\\s*){1,4}[,.]?$`, 'u');
const signOffWithNameAnyCase = /^\p{Lu}\p{L}*/u;

/** From the sign-off on, when all below it is a name, a position and ways to reach him. A postscript stays. */
function withoutSignOff(lines: readonly string[]): string[] {
  for (let i = lines.length - 1; i >= 0 && i >= lines.length - 16; i--) {
    const line = (lines[i] ?? '').trim();
    if (line === '' || line.length > 120) continue;
    const isFormal = signOff.test(line) || isNamed(line);
    if (!isFormal && !thanks.test(line)) continue;
    const below = lines.slice(i + 1);
    const postscript = below.findIndex((one) =>
      /^(?:p\.?\s?s\.?|п\.?\s?с\.?|з\.?\s?і\.?)(?![\p{L}])/iu.test(one.trim()),
    );
    const signature = postscript < 0 ? below : below.slice(0, postscript);
    if (!isSignature(signature, isFormal)) return [...lines];
    return [...lines.slice(0, i), ...(postscript < 0 ? [] : below.slice(postscript))];
  }
  return [...lines];
}

function isNamed(line: string): boolean {
  if (!signOffWithNameAnyCase.test(line)) return false;
  // The words of the sign-off in any case, the name with a capital.
  const lower = line[0]?.toLowerCase() + line.slice(1);
  return signOffWithName.test(line) || signOffWithName.test(lower);
}

const nameLine = /^(?:\p{Lu}[\p{L}'’-]*\.?,?\s*){1,4}$/u;
const wayToReach = /@|(?:https?:\/\/|www\.)|(?:тел|моб|факс|tel|mob|fax|phone|тлф|т|м)\s*[.:]|\+?\d[\d\s()-]{6,}/iu;

function isSignature(lines: readonly string[], isFormal: boolean): boolean {
  const filled = lines.map((line) => line.trim()).filter((line) => line !== '');
  const [first] = filled;
  if (first === undefined) return isFormal;
  if (filled.length > 12 || !(nameLine.test(first) || (isFormal && first.length <= 60 && !isSentence(first))))
    return false;
  return filled.slice(1).every((line) => line.length <= 140 && !isSentence(line));
}

/** Would somebody miss it? Ways to reach a person are no sentences, whatever their punctuation. */
function isSentence(line: string): boolean {
  if (wayToReach.test(line)) return false;
  return /[?!]$|\p{L}{3,}\.$/u.test(line) || line.split(/\s+/).length > 10;
}

const legalese =
  /^(?:this (?:e-?mail|message|communication)\b.{0,80}\b(?:confidential|intended|privileged)|confidentiality notice|disclaimer|(?:это|данное|настоящее) (?:электронное )?(?:сообщение|письмо).{0,120}(?:конфиденциальн|предназначен)|(?:це|дане) (?:електронне )?(?:повідомлення|лист).{0,120}(?:конфіденційн|призначен)|please consider the environment|подумайте об окружающей среде|перед тем как распечатать|внимание! (?:это|данное) (?:сообщение|письмо)|думайте про довкілля|не содержит вирусов|virus-free|без вирусов|проверено на вирусы|без вірусів)/iu;

function withoutLegalese(lines: readonly string[]): string[] {
  const at = lines.findIndex((line, i) => i >= lines.length - 12 && legalese.test(line.trim().replace(/^[*_\s]+/, '')));
  return at < 0 ? [...lines] : lines.slice(0, at);
}
