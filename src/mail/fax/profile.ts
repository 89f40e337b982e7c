import { RE2JS, RE2JSException } from 're2js';
import { Fault } from '../../core/fault.ts';

/** What a fax mail may say. */
export const faxGroups = ['number', 'station', 'name', 'pages', 'to', 'error'] as const;
export type FaxGroup = (typeof faxGroups)[number];
export type FaxStatus = 'received' | 'failed' | 'sent-report';

/**
 * How one gateway writes its mails; what stands in YAML under `profiles:` of a fax connector. Patterns are RE2's, looked
 * for anywhere in the text and in any case; named groups `(?<number>…)` of `faxGroups` are taken over.
 */
export interface FaxProfile {
  readonly name: string;
  /** Every one that is given must be found for the mail to be of this gateway; one at least is needed. */
  readonly match: {
    readonly from?: string;
    readonly subject?: string;
    readonly body?: string;
    readonly header?: { readonly name: string; readonly value: string };
  };
  readonly status?: FaxStatus;
  /** Found in subject or body, these overrule `status`. */
  readonly failed?: string;
  /** Of a sent report: it tells of failure. */
  readonly notSent?: string;
  /** Patterns with named groups, tried in turn until each group has a value; `attachment` on the document's name. */
  readonly find?: {
    readonly subject?: readonly string[];
    readonly body?: readonly string[];
    readonly attachment?: readonly string[];
  };
  /** Words in front of a colon on lines of the body: `{ number: [CallID1], pages: [Pages, Страниц] }`. */
  readonly labels?: Readonly<Partial<Record<FaxGroup, readonly string[]>>>;
  /** A document must be attached or numbers be told; for patterns that also fit what people write. */
  readonly needsProof?: boolean;
  /** Country of numbers without country code, when not the office's: American services write American numbers. */
  readonly region?: string;
}

export interface CompiledProfile {
  readonly profile: FaxProfile;
  readonly match: { readonly [Place in 'from' | 'subject' | 'body' | 'header']: RE2JS | null };
  readonly failed: RE2JS | null;
  readonly notSent: RE2JS | null;
  readonly find: { readonly [Place in 'subject' | 'body' | 'attachment']: readonly RE2JS[] };
  readonly labels: ReadonlyMap<string, FaxGroup>;
}

/** @throws Fault fax.pattern (reconfigure) naming profile, pattern and what is wrong with it */
export function compileProfile(profile: FaxProfile): CompiledProfile {
  const compile = (pattern: string | undefined) => (pattern === undefined ? null : compiled(profile.name, pattern));
  const all = (patterns: readonly string[] | undefined) => (patterns ?? []).map((one) => compiled(profile.name, one));
  const { match, find } = profile;
  if (Object.values(match).every((one) => one === undefined)) {
    throw new Fault('fax.pattern', 'reconfigure', {
      profile: profile.name,
      message: `profile ${profile.name}: match is empty, expected from, subject, body or header`,
    });
  }
  return {
    profile,
    match: {
      from: compile(match.from),
      subject: compile(match.subject),
      body: compile(match.body),
      header: compile(match.header?.value),
    },
    failed: compile(profile.failed),
    notSent: compile(profile.notSent),
    find: { subject: all(find?.subject), body: all(find?.body), attachment: all(find?.attachment) },
    labels: new Map(
      faxGroups.flatMap((group) => (profile.labels?.[group] ?? []).map((label) => [fold(label), group] as const)),
    ),
  };
}

function compiled(profile: string, pattern: string): RE2JS {
  try {
    const regex = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
    const unknown = Object.keys(regex.namedGroups()).find((name) => !faxGroups.some((group) => group === name));
    if (unknown === undefined) return regex;
    throw new Fault('fax.pattern', 'reconfigure', {
      profile,
      pattern,
      message: `profile ${profile}: unknown group ${unknown} in ${pattern}, expected ${faxGroups.join(', ')}`,
    });
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const message = `profile ${profile}: ${error.message} in ${pattern}`;
    throw new Fault('fax.pattern', 'reconfigure', { profile, pattern, message }, error);
  }
}

/** Labels are compared in small letters without their punctuation. */
export function fold(label: string): string {
  return label
    .toLowerCase()
    .replace(/[\s*_:.]+/g, ' ')
    .trim();
}
