import type { CandidateCode } from '../../core/contact/match.ts';
import type { PluralForms } from '../../core/language.ts';
import type { DirectoryWords } from './directory.ts';
import type { MailWords } from './mail.ts';
import type { MatchWords } from './match.ts';
import type { SourceWords } from './sources.ts';

/** Every word of the pages; `{…}` stand for what differs, `#` for a count. A catalogue that lacks one does not compile. */
export interface Texts {
  readonly app: string;
  readonly nav: {
    readonly drafts: string;
    readonly clients: string;
    readonly live: string;
    readonly status: string;
    readonly signOut: string;
    readonly label: string;
  };
  readonly form: {
    readonly gist: string;
    readonly gistHint: string;
    readonly occasion: string;
    readonly noOccasion: string;
    readonly next: string;
    readonly nextNone: string;
    readonly nextNotNeeded: string;
    readonly nextCall: string;
    readonly nextCallBack: string;
    readonly nextMeeting: string;
    readonly when: string;
    readonly otherDay: string;
    readonly noDay: string;
    readonly tomorrow: string;
    readonly inThreeDays: string;
    readonly monday: string;
    readonly outcome: string;
    readonly outcomeNone: string;
    readonly outcomes: Readonly<Record<'not-reached' | 'wrong-number' | 'no-content' | 'private' | 'spam', string>>;
    readonly save: string;
    readonly saveChange: string;
    readonly who: string;
    readonly keep: string;
    readonly notHim: string;
    readonly other: string;
    readonly otherName: string;
    readonly noneOfThem: string;
    readonly noClient: string;
    /** By the code of a candidate (core/match.ts). */
    readonly reasons: Readonly<Record<CandidateCode, string>>;
    readonly waited: string;
    readonly ours: string;
    readonly queue: string;
    readonly callBackBy: string;
    readonly callBack: string;
    readonly lastContacts: string;
    readonly offline: string;
    readonly kept: string;
    readonly restored: string;
    readonly completedBy: string;
    readonly undone: string;
  };
  readonly problems: {
    readonly heading: string;
    readonly empty: string;
    readonly tooLong: string;
    readonly badDay: string;
    readonly unknownClient: string;
    readonly similarClients: string;
    readonly clientNameMissing: string;
    readonly stale: string;
    readonly conflict: string;
    readonly conflictHow: string;
    readonly undoConflict: string;
  };
  readonly done: {
    readonly title: string;
    readonly dismissed: string;
    readonly undo: string;
    readonly edit: string;
    readonly more: PluralForms;
    readonly noMore: string;
    readonly toDrafts: string;
    readonly toClient: string;
    readonly nextDraft: string;
  };
  readonly dead: {
    readonly title: string;
    readonly text: string;
    readonly renew: string;
    readonly sent: string;
    readonly sentTitle: string;
  };
  readonly signIn: {
    readonly title: string;
    readonly text: string;
    readonly email: string;
    readonly send: string;
    readonly sentTitle: string;
    readonly sent: string;
    readonly press: string;
    readonly enter: string;
    readonly dead: string;
    readonly again: string;
    readonly notAnAddress: string;
  };
  readonly drafts: {
    readonly title: string;
    readonly count: PluralForms;
    readonly empty: string;
    readonly emptyHow: string;
    readonly noEmail: string;
    readonly planned: string;
    readonly overdue: string;
    readonly today: string;
    readonly yesterday: string;
  };
  readonly clients: {
    readonly title: string;
    readonly search: string;
    readonly find: string;
    readonly none: string;
    readonly newest: string;
  };
  readonly client: {
    readonly responsible: string;
    readonly history: string;
    readonly empty: string;
    readonly older: string;
    readonly newest: string;
    readonly noGist: string;
    readonly waiting: string;
    readonly changed: string;
    readonly undid: string;
    readonly machine: string;
    readonly nothing: string;
    readonly fields: Readonly<Record<string, string>>;
    readonly planCall: string;
    readonly planMeeting: string;
  };
  readonly live: {
    readonly title: string;
    readonly empty: string;
    readonly emptyHow: string;
    readonly ringing: string;
    readonly talking: string;
    readonly stranger: string;
    readonly several: string;
    readonly lost: string;
    readonly last: string;
    readonly noLast: string;
  };
  readonly status: {
    readonly title: string;
    readonly empty: string;
    readonly states: Readonly<Record<string, string>>;
    readonly since: string;
    readonly nextTry: string;
    readonly gaps: string;
    readonly noGaps: string;
    readonly gap: string;
  };
  readonly errors: Readonly<
    Record<
      'notFound' | 'forbidden' | 'tooMany' | 'tooLarge' | 'badRequest' | 'broken' | 'busy' | 'unavailable',
      readonly [title: string, cure: string]
    >
  >;
  readonly home: string;
  readonly mail: MailWords;
  readonly directory: DirectoryWords;
  readonly match: MatchWords;
  readonly sources: SourceWords;
}
