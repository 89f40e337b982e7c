import type { EventType } from '../core/events.ts';
import type { Language } from '../core/language.ts';
import type { Calendar, Duration } from '../core/time/calendar.ts';
import type { ServiceRule } from '../core/time/service.ts';
import type { LdapSource } from '../directory/ldap/search.ts';
import type { Source } from '../sources/reading/source.ts';
import type { ConnectorConfig } from './connectors.ts';
import type { YamlPattern } from './fields.ts';
import type { Database, Files, PromptTiming, Queue } from './sections.ts';

/** The whole configuration: checked, with defaults, secrets put in and paths absolute. */
export interface Config {
  /** The YAML file, absolute. */
  readonly file: string;
  /** Folder of the embedded database and the key file, absolute. */
  readonly dataDir: string;
  readonly office: {
    readonly name: string;
    /** Two letters; null: only numbers with country code can be compared. */
    readonly country: string | null;
    readonly timezone: string;
    readonly language: Language;
    readonly calendar: Calendar;
    /** As written: a person's name or address. */
    readonly duty: string | null;
  };
  readonly database: Database;
  readonly queue: Queue;
  readonly files: Files;
  readonly web: {
    readonly host: string;
    /** 0: the system chooses. */
    readonly port: number;
    /** Without slash at its end and without `basePath`; null: not configured, links can lead to the listening address only. */
    readonly publicUrl: string | null;
    readonly trustProxy: boolean | number | string | readonly string[];
    /** '' or '/letopis'. */
    readonly basePath: string;
  };
  /** Null: prompts cannot be sent. */
  readonly mail: { readonly smtp: string; readonly from: string } | null;
  readonly own: {
    readonly domains: readonly string[];
    /** As written. */
    readonly numbers: readonly string[];
    readonly extensions: YamlPattern;
  };
  readonly people: Table | null;
  /** People also come from here. */
  readonly ldap: LdapSource | null;
  /** In the order of the YAML. */
  readonly clients: readonly Source[];
  readonly occasions: readonly string[];
  readonly service: readonly ServiceRule[];
  readonly prompts: {
    readonly call: PromptTiming;
    readonly email: PromptTiming;
    readonly fax: PromptTiming;
    readonly web: PromptTiming;
    readonly message: PromptTiming;
    /** Minutes since midnight in the person's zone; `from` > `until` leads over midnight. Null: no quiet hours. */
    readonly quiet: { readonly from: number; readonly until: number } | null;
    readonly remindAfter: readonly Duration[];
    readonly escalateAfter: Duration;
    readonly perDay: number;
  };
  readonly crm: {
    readonly perMinute: number;
    readonly webhooks: readonly {
      readonly name: string;
      readonly url: string;
      readonly secret: string;
      readonly previousSecret?: string | undefined;
      readonly events: readonly EventType[];
      readonly timeoutSeconds: number;
    }[];
  };
  readonly connectors: readonly ConnectorConfig[];
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
}

/** A CSV file. */
export interface Table {
  /** Absolute. */
  readonly file: string;
  /** Our name of a column → its header in the file; for columns not named, the header is our name. */
  readonly columns: Readonly<Record<string, string>>;
}
