import { digits, failedWords, faxWords, labels, notSentWords } from './fax-words.ts';
import type { FaxProfile } from './profile.ts';

/** What scripts and unknown gateways write in three languages. Last, and only with proof: people write about faxes too. */
export const genericProfiles: readonly FaxProfile[] = [
  {
    name: 'generic-sent',
    match: {
      subject:
        '^(?:fax (?:was |has been )?(?:sent|delivered|transmission report|transmission result|send report|report|not sent|failed)|(?:outgoing|outbound|sent) fax|(?:un)?successful fax|fax to \\+?\\d|(?:исходящий|отправленный) факс|факс (?:на (?:номер )?\\+?\\d[\\d() .-]+ )?(?:успешно )?(?:не )?(?:был )?(?:отправлен|доставлен)|отч[её]т об? (?:отправке|передаче)(?: факса)?|вихідний факс|факс (?:на (?:номер )?\\+?\\d[\\d() .-]+ )?(?:успішно )?(?:не )?(?:надіслано|відправлено|доставлено)|звіт про (?:надсилання|відправлення|відправку|передачу)(?: факсу)?)',
    },
    status: 'sent-report',
    notSent: notSentWords,
    needsProof: true,
    find: {
      subject: [
        `(?:to|на|номер):? (?<number>${digits})`,
        `(?<number>${digits})`,
        `(?<pages>\\d+)\\s*(?:p\\b|pp\\b|page|стр|стор)`,
      ],
      body: [
        `(?:sent to|отправлен на|отправлено на|надіслано на|відправлено на)\\s*(?:номер )?:?\\s*(?<number>${digits})`,
      ],
    },
    labels: {
      number: [
        'To',
        'Sent to',
        'Recipient',
        'Destination',
        'Number',
        'Fax number',
        'Кому',
        'На номер',
        'Номер',
        'Номер получателя',
        'Получатель',
        'Номер одержувача',
        'Одержувач',
      ],
      pages: labels.pages,
      station: labels.station,
      error: labels.error,
    },
  },
  {
    name: 'generic',
    match: {
      subject: `^(?:\\[[^\\]]{1,30}\\]\\s*)?(?:${faxWords}(?: has)?(?: been)?(?: received| arrived| message)?(?: \\([^)]*\\))?[ :-]+(?:from|by)\\b|(?:incoming|inbound|new|received) fax\\b|fax (?:received|message|arrived|reception)\\b|(?:new )?fax(?: \\d+ pages?)? from|(?:новый|входящий|получен(?:ный)?|принят(?:ый)?|вам(?: пришел| пришёл)?)(?: новый| входящий)? факс|факс (?:от|с номера|получен|принят|не принят|не получен|за номером)|факсимильное сообщение|(?:новий|вхідний|отримано|отриманий|прийнято)(?: новий| вхідний)? факс|факс (?:від|з номера|отримано|прийнято|не прийнято|не отримано)|факсове повідомлення)`,
    },
    failed: failedWords,
    needsProof: true,
    find: {
      subject: [
        `(?:from|от|від|номера|номером|number|номер)[: ]+"?(?<name>[^"<+\\d(]*?)"?\\s*[<(]?(?<number>${digits})`,
        '(?:from|от|від)[: ]+"(?<station>[^"]+)"',
        `(?<number>${digits})`,
        '(?<pages>\\d+)\\s*(?:p\\b|pp\\b|page|стр|стор|арк|лист)',
      ],
      body: [
        `(?:from|от|від|номера)[: ]+(?<number>${digits})`,
        '(?<pages>\\d+)[ -](?:page|страниц|сторін)',
        'TSID[: ]+(?<station>[^\\n]{1,60})',
      ],
      attachment: ['fax[-_](?<number>\\+?\\d{9,15})[-_.]', '[-_](?<number>\\d{11,15})\\.(?:tif|pdf)'],
    },
    labels,
  },
];
