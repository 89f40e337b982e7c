import { digits, failedWords, labels } from './fax-words.ts';
import type { FaxProfile } from './profile.ts';

/** Commercial servers: their manuals list the variables of the mails, offices arrange them. */
export const serverProfiles: readonly FaxProfile[] = [
  {
    name: 'rightfax',
    match: { subject: '^A fax has arrived from ' },
    find: {
      subject: ["remote ID '(?<station>[^']*)'"],
      body: [
        "remote ID '?(?<station>[^'\\n]*?)'?\\.?$",
        'Page record:\\s*\\d+\\s*-\\s*(?<pages>\\d+)',
        `(?:ANI|Caller ID|Calling number|CID):?\\s*\\(?(?<number>${digits})`,
        'routing code:?\\s*(?<to>\\d{2,})',
      ],
    },
    labels: {
      station: ['Received from remote ID', 'Remote ID'],
      pages: labels.pages,
      to: ['Routing code', 'Received with routing code'],
      number: ['ANI', 'Caller ID', 'Calling number'],
    },
  },
  {
    name: '3cx',
    match: {
      from: '3cx|pbx|noreply|no-reply|fax',
      subject: '^(?:3CX[: -]*)?New Fax (?:received )?from |^(?:3CX[: -]*)?Fax received from ',
    },
    failed: failedWords,
    find: {
      subject: [`from:? "?(?<name>[^"<+\\d]*?)"?\\s*[<(]?(?<number>${digits})`],
      body: [`fax from:? "?(?<name>[^"<+\\d\\n]*?)"?\\s*[<(]?(?<number>${digits})`],
    },
    labels: {
      pages: labels.pages,
      to: ['To', 'DID', 'Extension'],
      number: ['From', 'Caller', 'Caller ID'],
      station: labels.station,
    },
  },
  {
    name: 'innovaphone',
    match: {
      from: 'innovaphone|fax',
      subject: '^(?:innovaphone[: -]*)?(?:Incoming fax|Fax received|Fax)[: -]+(?:from )?.*\\d{4,}',
    },
    failed: failedWords,
    needsProof: true,
    find: { subject: [`(?<number>${digits})`] },
    labels: {
      number: [...labels.number, 'CallerID', 'cgpn', 'Calling party'],
      station: [...labels.station, 'remote-subscriber-id', 'Subscriber ID'],
      pages: labels.pages,
      name: [...labels.name, 'Calling name'],
      to: [...labels.to, 'cdpn', 'Called party'],
    },
  },
  {
    name: 't38fax',
    match: { from: 't\\.?38|venta|fax ?voip|voip ?fax', subject: 'fax|факс' },
    failed: failedWords,
    needsProof: true,
    find: {
      subject: [
        `(?:from|от|від):? "?(?<name>[^"<+\\d]*?)"?\\s*[<(]?(?<number>${digits})`,
        `(?<pages>\\d+) (?:page|стр|стор)`,
      ],
    },
    labels: { ...labels, station: [...labels.station, 'remote-subscriber-id', 'RemoteID'] },
  },
];
