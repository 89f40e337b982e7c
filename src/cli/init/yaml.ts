import type { Answers } from './questions.ts';

interface Secret {
  /** Relative to the YAML. */
  readonly file: string;
  readonly value: string;
}

/** What only its owner may read stands in files of its own, never in the YAML: the exchange's secret, a mail server's password. */
export function secretsOf(answers: Answers): readonly Secret[] {
  const smtp = answers.get('smtp') ?? '';
  const secret = answers.get('ami-secret') ?? '';
  return [
    ...(secret === '' ? [] : [{ file: amiSecretFile, value: secret }]),
    ...(hasPassword(smtp) ? [{ file: smtpFile, value: smtp }] : []),
  ];
}

const amiSecretFile = 'secrets/ami';
const smtpFile = 'secrets/smtp';

/** `smtp://user:password@host`; what names a variable or a file already is no secret itself. */
function hasPassword(url: string): boolean {
  return /:\/\/[^/@\s]*:[^@\s]+@/.test(url) && !url.includes('${');
}

/** The configuration the answers make, with comments for who changes it later. A JSON text is a YAML text. */
export function yamlOf(answers: Answers): string {
  const said = (flag: string) => JSON.stringify(answers.get(flag) ?? '');
  const has = (flag: string) => (answers.get(flag) ?? '') !== '';
  const lines = [
    '# Every key: letopis config example. After a change: letopis check',
    'office:',
    `  name: ${said('name')}`,
    `  country: ${said('country')} # numbers without country code are read as of here`,
    `  timezone: ${said('timezone')}`,
    `  language: ${said('language')}`,
    '  hours: { mon-fri: "09:00-18:00" }',
    '  holidays: []',
    `  duty: ${said('email')} # owns what nobody else does`,
    '',
    'database: embedded # or postgres://…, best as ${env:DATABASE_URL}',
    'queue: database # or redis://…',
    '',
    'web:',
    '  listen: "127.0.0.1:8080"',
    `  publicUrl: ${said('public-url')} # links in prompts begin with it`,
    '',
    ...(has('smtp')
      ? [
          'mail:',
          `  smtp: ${hasPassword(answers.get('smtp') ?? '') ? `\${file:./${smtpFile}}` : said('smtp')}`,
          `  from: ${said('from')}`,
        ]
      : [
          '# mail: # without it nobody is asked by mail',
          '#   smtp: ${env:SMTP_URL}',
          '#   from: Letopis <letopis@office.example>',
        ]),
    '',
    'own:',
    `  domains: ${has('domain') ? `[${said('domain')}]` : '[]'}`,
    "  extensions: '^\\d{2,5}$' # numbers of this form are our phones",
    '',
    'people: ./people.csv # name, extension, email, mobile, role, substitute, language, zone',
    '# clients: ./clients.csv # name, person, phone, email, fax, domain, responsible, class',
    'occasions: []',
    '',
    'service: # by when an answer is owed: the first that fits decides',
    '  - { receivedBefore: "14:00", dueBy: end of day, goal: 95% }',
    '  - { receivedBefore: "24:00", dueBy: next workday 11:00, goal: 95% }',
    '  - { rest: 3 workdays, progressNotes: daily }',
    '',
    ...connectorsOf(said, has),
  ];
  return `${lines.join('\n')}\n`;
}

function connectorsOf(said: (flag: string) => string, has: (flag: string) => boolean): string[] {
  if (!has('ami-host')) return ['connectors: []'];
  return [
    'connectors:',
    '  - name: office-pbx',
    '    kind: asterisk-ami',
    `    host: ${said('ami-host')}`,
    `    username: ${said('ami-username')}`,
    `    secret: \${${has('ami-secret') ? `file:./${amiSecretFile}` : 'env:AMI_SECRET'}}`,
  ];
}

/** people.csv with the one person we know of. */
export function firstPeople(answers: Answers): string {
  const cells = ['person', 'extension', 'email'].map((flag) => `"${(answers.get(flag) ?? '').replaceAll('"', '""')}"`);
  const [name, extension, email] = cells;
  return `name,extension,email,mobile,role,substitute,language,zone\n${name},${extension},${email},,supervisor,,,\n`;
}
