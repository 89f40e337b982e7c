import { createInterface, type Interface } from 'node:readline';
import { parseCountry, parseDomain, parseMailbox, parseUrl, parseZone, Refused } from '../../config/fields.ts';
import { didYouMean } from '../../config/nearest.ts';
import { languageOf, languages } from '../../core/language.ts';
import { usageError } from '../base/arguments.ts';
import type { Io } from '../base/command.ts';

export type Answers = ReadonlyMap<string, string>;

interface Question {
  readonly flag: string;
  readonly ask: string;
  /** What a bare Enter means; undefined: something must be said. */
  fallback(answers: Answers, io: Io): string | undefined;
  /** Refuses, or says nothing. An empty answer is checked only where something must be said. */
  check?(text: string): unknown;
  /** Asked only when this holds. */
  when?(answers: Answers): boolean;
}

const nothing = () => '';
const hasExchange = (answers: Answers) => answers.get('ami-host') !== '';
const hasSmtp = (answers: Answers) => answers.get('smtp') !== '';

/** In the order they are asked. */
export const questions: readonly Question[] = [
  { flag: 'name', ask: 'name of the office, as clients know it', fallback: () => undefined },
  { flag: 'country', ask: 'country, two letters', fallback: (_, io) => locale(io)[1], check: parseCountry },
  {
    flag: 'timezone',
    ask: 'time zone',
    fallback: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    check: parseZone,
  },
  {
    flag: 'language',
    ask: `language of pages and mails (${languages.join(', ')})`,
    fallback: (_, io) => languageOf(locale(io)[0]),
    check: (text) =>
      languages.some((one) => one === text) ? text : new Refused(`one of ${languages.join(', ')}`, languages),
  },
  { flag: 'domain', ask: 'our mail domain, empty for none', fallback: nothing, check: parseDomain },
  {
    flag: 'person',
    ask: 'name of the first person: a supervisor, owns what nobody else does',
    fallback: () => undefined,
  },
  { flag: 'email', ask: 'his mail address', fallback: () => undefined, check: parseMailbox },
  { flag: 'extension', ask: 'his extension, empty for none', fallback: nothing, check: digits },
  {
    flag: 'public-url',
    ask: 'address under which people reach the pages',
    fallback: () => 'http://127.0.0.1:8080',
    check: parseUrl('an address such as https://letopis.example', 'https:', 'http:'),
  },
  {
    flag: 'smtp',
    ask: 'mail server for the prompts, smtp://host:25, empty for none',
    fallback: nothing,
    check: parseUrl('smtp://host:port or smtps://host:port', 'smtp:', 'smtps:'),
  },
  {
    flag: 'from',
    ask: 'sender of the prompts',
    fallback: (answers) => answers.get('email'),
    check: parseMailbox,
    when: hasSmtp,
  },
  { flag: 'ami-host', ask: 'host of the Asterisk exchange, empty for none', fallback: nothing },
  { flag: 'ami-username', ask: 'its manager user', fallback: () => 'letopis', when: hasExchange },
  {
    flag: 'ami-secret',
    ask: 'his secret, kept in a file of its own; empty: from the environment variable AMI_SECRET',
    fallback: nothing,
    when: hasExchange,
  },
];

/** The options of `letopis init` that are answers. */
export const flags: Readonly<Record<string, 'value'>> = Object.fromEntries(
  questions.map(({ flag }) => [flag, 'value' as const]),
);

/** Gets the answers: from options, else by asking; a terminal is asked again, anything else is told what was wrong. */
export class Asker {
  readonly #io: Io;
  readonly #given: Readonly<Record<string, unknown>>;
  readonly #takesDefaults: boolean;
  #reader: Interface | null = null;
  #lines: AsyncIterator<string> | null = null;

  constructor(io: Io, given: Readonly<Record<string, unknown>>, takesDefaults: boolean) {
    this.#io = io;
    this.#given = given;
    this.#takesDefaults = takesDefaults;
  }

  /** @throws usageError for an answer that is wrong or missing and cannot be asked again */
  async askAll(): Promise<Answers> {
    const answers = new Map<string, string>();
    for (const question of questions) {
      const asked = question.when === undefined || question.when(answers);
      answers.set(question.flag, asked ? await this.#answer(question, answers) : '');
    }
    return answers;
  }

  close(): void {
    this.#reader?.close();
  }

  async #answer(question: Question, answers: Answers): Promise<string> {
    const { flag } = question;
    const given = this.#given[flag];
    const fallback = question.fallback(answers, this.#io);
    if (typeof given === 'string') return checked(question, given, fallback, `--${flag}`);
    if (this.#takesDefaults) return checked(question, fallback ?? '', fallback, `--${flag}`);
    for (;;) {
      this.#io.err(`${question.ask}${fallback ? ` [${fallback}]` : ''}:`);
      const line = await this.#nextLine();
      try {
        return checked(question, line?.trim() || (fallback ?? ''), fallback, `--${flag}`);
      } catch (error) {
        if (line === null || this.#io.stdin.isTTY !== true) throw error;
        this.#io.err(error instanceof Error && 'facts' in error ? problemOf(question, line, fallback) : String(error));
      }
    }
  }

  async #nextLine(): Promise<string | null> {
    this.#reader ??= createInterface({ input: this.#io.stdin, terminal: false });
    this.#lines ??= this.#reader[Symbol.asyncIterator]();
    const next = await this.#lines.next();
    return next.done ? null : next.value;
  }
}

function checked(question: Question, text: string, fallback: string | undefined, option: string): string {
  const problem = problemOf(question, text, fallback);
  if (problem === '') return text;
  throw usageError(`${option}: ${problem}`);
}

/** What is wrong with the answer; empty when nothing is. */
function problemOf({ check, ask }: Question, text: string, fallback: string | undefined): string {
  if (text === '') return fallback === '' ? '' : `expected an answer (${ask})`;
  const refused = check?.(text);
  if (!(refused instanceof Refused)) return '';
  const hint = refused.meant === undefined ? didYouMean(text, refused.choices) : `, did you mean ${refused.meant}?`;
  return `expected ${refused.expected}, found ${JSON.stringify(text)}${hint}`;
}

function digits(text: string): unknown {
  return /^[\d*#]{1,10}$/.test(text) ? text : new Refused('digits such as 101');
}

/** LANG=uk_UA.UTF-8 → uk, UA */
function locale({ env }: Io): readonly [string | undefined, string | undefined] {
  const [, language, country] = /^([a-z]{2})_([A-Z]{2})/.exec(env['LC_ALL'] || env['LANG'] || '') ?? [];
  return [language, country];
}
