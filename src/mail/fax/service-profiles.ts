import { digits, failedWords, labels, plural } from './fax-words.ts';
import type { FaxProfile } from './profile.ts';

/** American fax services: subjects and sample mails in public code. Many numbers come without a country code. */
export const serviceProfiles: readonly FaxProfile[] = [
  {
    name: 'efax-sent',
    match: {
      subject:
        '^(?:Successful|Failed|Unsuccessful) (?:e?fax )?transmission to|^e?Fax (?:transmission )?(?:to|report)|^Your fax (?:to|was|has)|fax confirmation',
    },
    status: 'sent-report',
    needsProof: true,
    notSent: '(?:failed|unsuccessful|not (?:been )?(?:sent|delivered)|could not)',
    find: {
      subject: [`to:? (?<number>${digits})`],
      body: [`(?:to|number):? (?<number>${digits})`, '(?<pages>\\d+) pages?'],
    },
    labels: {
      number: ['To', 'Recipient', 'Fax number', 'Number', 'Recipient number'],
      pages: labels.pages,
      error: labels.error,
    },
    region: 'US',
  },
  {
    name: 'efax',
    match: { subject: '^(?:FW: )?(?:Corporate )?eFax (?:message )?(?:from|received)' },
    failed: failedWords,
    find: {
      subject: [`from "?(?<station>[^"]*?)"? - (?<pages>\\d+) page${plural}`, `Caller-ID:?\\s*(?<number>${digits})`],
      body: [`Caller-ID:?\\s*(?<number>${digits})`, 'a (?<pages>\\d+) page fax', 'CSID:?\\s*(?<station>[^\\n\\]]+)'],
    },
    region: 'US',
  },
  {
    name: 'efax-header',
    match: { header: { name: 'uprxs-efax', value: '.' } },
    find: {
      subject: [`"?(?<station>[^"]*?)"? - (?<pages>\\d+) page${plural}`, `Caller-ID:?\\s*(?<number>${digits})`],
    },
    labels: { number: labels.number, pages: labels.pages },
    region: 'US',
  },
  {
    name: 'j2',
    match: {
      subject:
        '^(?:MyFax|MetroFax|Metro Fax|TrustFax|SRFax|Nextiva ?Fax|jConnect|Onebox|J2|j2 Global|SmartFax|sFax|iFax|FaxAge|Send2Fax|Rapidfax|RapidFax)(?: (?:fax )?message| fax)?(?: received)? from',
    },
    failed: failedWords,
    find: {
      subject: [
        `from "?(?<station>[^"]*?)"? - (?<pages>\\d+) page${plural}`,
        'from "(?<station>[^"]*)"',
        `Caller-ID:?\\s*(?<number>${digits})`,
        `from:? (?<number>${digits})`,
      ],
      body: [`Caller-ID:?\\s*(?<number>${digits})`, 'a (?<pages>\\d+)[ -]page'],
    },
    labels: { number: ['Caller ID', 'From number', 'Fax number'], pages: labels.pages },
    region: 'US',
  },
  {
    name: 'ringcentral-sent',
    match: {
      from: 'ringcentral',
      subject: 'fax transmission|^Fax Message (?:Transmission|Sent)|Fax (?:Sent|Result|was sent)',
    },
    status: 'sent-report',
    notSent: '(?:failed|unsuccess|not sent|not delivered)',
    find: { subject: [`to (?<number>${digits})`], body: [`(?:to|number):?\\s*(?<number>${digits})`] },
    labels: { number: ['To', 'Recipient', 'Number'], pages: labels.pages },
    region: 'US',
  },
  {
    name: 'ringcentral',
    match: { subject: '^New Fax Message from ' },
    find: {
      subject: [
        `from (?<number>${digits}) on `,
        'from (?<station>[^\\d+(][^\\n]*?)(?: on \\d|$)',
        `from (?<number>${digits})$`,
      ],
    },
    labels: { number: ['From'], pages: ['Pages'], to: ['To'], station: labels.station, name: ['Caller Name'] },
    region: 'US',
  },
];
