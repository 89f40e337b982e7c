import { digits, failedWords, labels, notSentWords } from './fax-words.ts';
import type { FaxProfile } from './profile.ts';

/** Open exchanges and fax servers. hylafax: mails of a real faxrcvd 6.0.7; freepbx, fusionpbx, fspbx: the templates in the programs. */
export const exchangeProfiles: readonly FaxProfile[] = [
  {
    name: 'hylafax',
    match: { subject: '^Fax received from "(?<station>[^"]*)"' },
    failed: 'Fax not received|\\{E\\d+\\}',
    find: {
      body: ['\\{(?<error>E\\d+)\\}', 'SESSION BEGIN \\d+ (?<number>\\+?\\d{5,})'],
    },
    labels: { number: ['CallID1'], name: ['CallID2'], station: ['Sender'], pages: ['Pages'], to: ['CallID3'] },
  },
  {
    name: 'hylafax-sent',
    match: {
      from: 'hylafax|fax',
      subject: '^Notice: facsimile job|facsimile (?:job )?\\d+.*(?:completed|done|failed|to )',
    },
    status: 'sent-report',
    notSent: 'failed|requeued|rejected|blocked|not completed|was not|timed out|removed from',
    find: {
      subject: [`to (?<number>${digits})`],
      body: [`(?:to|Destination:)\\s+(?<number>${digits})`, '(?<pages>\\d+) pages?'],
    },
    labels: {
      number: ['Destination', 'Dial string', 'Number', 'Dialstring'],
      pages: ['Pages', 'Total pages'],
      name: ['Receiver', 'Recipient'],
      error: ['Reason', 'Status'],
    },
  },
  {
    name: 'freepbx-sent',
    match: { subject: '^(?:Outgoing fax results|Результаты исходящего факса|Результати вихідного факсу)' },
    status: 'sent-report',
    notSent: notSentWords,
    find: {
      body: [
        `^\\s*Sent to\\s*:?\\s*(?<number>${digits})`,
        `^\\s*(?:Отправлено|Надіслано)(?: на)?\\s*:?\\s*(?<number>${digits})`,
        'Status:\\s*(?:FAILED|ERROR)\\S*\\s*[-:(]?\\s*(?<error>[^\\n)]{2,80})',
      ],
    },
    labels: { number: ['Sent to', 'To'], pages: labels.pages },
  },
  {
    name: 'freepbx',
    match: {
      subject:
        '^(?:New fax from: |New fax received|(?:Новый|Получен новый) факс (?:от|получен)|Новий факс (?:від|отримано))',
    },
    failed: failedWords,
    needsProof: true,
    find: {
      subject: [
        'from:? "?(?<name>[^"<]*?)"?\\s*<(?<number>[^>]*)>',
        `from:? (?<number>${digits})$`,
        '(?:от|від):? "?(?<name>[^"<]*?)"?\\s*<(?<number>[^>]*)>',
        `(?:от|від):? (?<number>${digits})`,
      ],
      body: [
        'new fax from: "?(?<name>[^"<\\n]*?)"?\\s*<(?<number>[^>\\n]*)>',
        `(?:от|від):? "?(?<name>[^"<\\n]*?)"?\\s*<(?<number>${digits})>`,
        `new fax from:? (?<number>${digits})`,
      ],
    },
    labels: { to: ['Via', 'Через', 'DID'], pages: labels.pages, station: ['TSID', 'CSID', 'Remote Station ID'] },
  },
  {
    name: 'fusionpbx',
    match: { subject: '^FAX Received: ' },
    failed: failedWords,
    find: {
      subject: [
        '\\d{4}-\\d\\d-\\d\\d-\\d\\d-\\d\\d-\\d\\d-(?<number>\\+?\\d{5,})',
        '(?<number>\\+?\\d{7,})(?:\\.(?:tif|pdf))?\\s*$',
      ],
      body: ['\\d{4}-\\d\\d-\\d\\d-\\d\\d-\\d\\d-\\d\\d-(?<number>\\+?\\d{5,})'],
      attachment: [
        '\\d{4}-\\d\\d-\\d\\d-\\d\\d-\\d\\d-\\d\\d-(?<number>\\+?\\d{5,})',
        '^(?<number>\\+?\\d{7,})-\\d{4}-\\d\\d-\\d\\d',
      ],
    },
    labels: { to: ['Extension'], pages: ['Pages'] },
  },
  {
    name: 'fusionpbx-sent',
    match: { subject: '^FAX (?:Sent|Failed|Status|Transmission)|^(?:Fax|FAX) to:? ' },
    status: 'sent-report',
    notSent: '^FAX Failed|fail|busy|no answer|not sent',
    find: {
      subject: [`to:? (?<number>${digits})`, '(?<number>\\+?\\d{7,})'],
      body: [`(?:Fax to|Sent to|Number|Destination):?\\s*(?<number>${digits})`],
    },
    labels: {
      number: ['To', 'Number', 'Destination', 'Fax Destination'],
      pages: labels.pages,
      error: ['Reason', 'Error', 'Status'],
    },
  },
  {
    name: 'fspbx',
    match: {
      subject: '^(?:Получен факс для|Отримано факс для|Fax received for|You have received a fax)\\s*(?<to>\\+?\\d*)',
    },
    failed: failedWords,
    needsProof: true,
    labels: {
      number: ['От', 'Від', 'From'],
      to: ['Кому', 'To'],
      pages: ['Страницы', 'Страниц', 'Сторінки', 'Pages'],
      station: labels.station,
      name: labels.name,
    },
  },
];
