import type { PluralForms } from '../../core/language.ts';

/** The words of the pages on which clients are kept, strangers named and changes taken back. */
export interface DirectoryWords {
  readonly strangers: string;
  readonly changes: string;
  readonly strangersHow: string;
  readonly noStrangers: string;
  readonly noStrangersHow: string;
  readonly contacts: PluralForms;
  readonly waiting: PluralForms;
  readonly channels: Readonly<Record<string, string>>;
  readonly whoIsIt: string;
  readonly newClient: string;
  readonly name: string;
  readonly kindLabel: string;
  readonly kinds: Readonly<Record<'organisation' | 'private', string>>;
  readonly personName: string;
  readonly personHint: string;
  readonly create: string;
  readonly attachTo: string;
  readonly attach: string;
  readonly withPerson: string;
  readonly itself: string;
  readonly notClient: string;
  readonly notClientHow: string;
  readonly never: string;
  readonly neverHow: string;
  readonly exists: string;
  readonly taken: string;
  readonly takenNobody: string;
  readonly done: string;
  readonly toUndo: string;
  readonly remember: string;
  readonly rememberFor: string;
  readonly rememberChosen: string;
  readonly remembered: string;
  readonly rememberOurs: string;
  readonly rememberNever: string;
  readonly all: string;
  readonly edit: string;
  readonly editTitle: string;
  readonly note: string;
  readonly class: string;
  readonly responsible: string;
  readonly nobody: string;
  readonly save: string;
  readonly addresses: string;
  readonly pointKinds: Readonly<Record<string, string>>;
  readonly flags: Readonly<Record<'mobile' | 'shared' | 'reception' | 'gateway' | 'neverCapture', string>>;
  readonly address: string;
  readonly whose: string;
  readonly theClient: string;
  readonly sinceDay: string;
  readonly untilDay: string;
  readonly ever: string;
  readonly add: string;
  readonly people: string;
  readonly noPeople: string;
  readonly post: string;
  readonly joined: string;
  readonly left: string;
  readonly leftHow: string;
  readonly moveTo: string;
  readonly moveHow: string;
  readonly move: string;
  readonly period: string;
  readonly takenBack: string;
  readonly merge: string;
  readonly mergeWith: string;
  readonly mergeHow: string;
  readonly mergeButton: string;
  readonly mergeRefused: Readonly<Record<'itself' | 'removed' | 'merged' | 'missing', string>>;
  readonly which: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly entities: Readonly<Record<string, string>>;
  readonly setKinds: Readonly<Record<'edit' | 'import' | 'merge' | 'rematch' | 'rollback', string>>;
  readonly noChanges: string;
  readonly setTitle: string;
  readonly undone: string;
  readonly undoes: string;
  readonly rollBack: string;
  readonly rollBackHow: string;
  readonly nothingToUndo: string;
  readonly counts: string;
  readonly part: string;
  readonly conflicts: string;
  readonly conflictsHow: string;
  readonly used: string;
  readonly namesake: string;
  readonly unknown: string;
  readonly now: string;
  readonly overwrite: string;
  readonly overwriteAll: Readonly<Record<'used' | 'changed', string>>;
  readonly rolledBack: string;
  readonly stayed: PluralForms;
  readonly afterMerge: PluralForms;
  readonly restore: string;
  readonly restoreTitle: string;
  readonly was: string;
  readonly became: string;
  readonly standsNow: string;
  readonly byAt: string;
  readonly restoreButton: string;
  readonly restoreEmpty: string;
  readonly restoreGone: string;
  readonly restoreChanged: string;
  readonly asWas: string;
  readonly made: string;
  readonly gone: string;
  readonly yes: string;
  readonly no: string;
  readonly empty: string;
  readonly savedMeanwhile: string;
  readonly problems: Readonly<
    Record<
      | 'noName'
      | 'badDay'
      | 'daysReversed'
      | 'badAddress'
      | 'known'
      | 'namesake'
      | 'notAllowed'
      | 'supervisorsOnly'
      | 'stale'
      | 'noSuchClient',
      string
    >
  >;
  readonly events: Readonly<
    Record<
      | 'personCame'
      | 'personLeft'
      | 'personBack'
      | 'post'
      | 'pointCame'
      | 'pointGone'
      | 'merged'
      | 'mergedInto'
      | 'lookBack'
      | 'lookBackUndone'
      | 'unmerged'
      | 'removed'
      | 'clientMade',
      string
    >
  >;
}
