import type { Session } from '../connector/index.ts';
import { type MailOffice, type MailRules, readHeadOnly, type SkipReason, siftMail } from '../mail/index.ts';

/** The beginning of a mail, as far as it was fetched to decide about it. */
export interface Head {
  readonly bytes: Uint8Array;
  /** False: the header goes on. Then it is not decided here. */
  readonly isWhole: boolean;
}

/** What becomes of one mail. */
export type Choice =
  | { readonly kind: 'keep'; readonly isSure: boolean }
  | { readonly kind: 'skip'; readonly because: SkipReason };

type Asked = Pick<Session<unknown>, 'knows' | 'exclusions'>;

/**
 * Which of these mails are taken, told by their headers alone; answers in the given order. Who is known is asked once for
 * all of them. What a header cannot tell is kept with `isSure: false` and read before it is stored.
 */
export async function chooseMails(
  heads: readonly Head[],
  office: MailOffice,
  configured: MailRules,
  { knows, exclusions }: Asked,
): Promise<Choice[]> {
  const named = await exclusions();
  const rules = named.length === 0 ? configured : { ...configured, exclude: [...configured.exclude, ...named] };
  const sifted = heads.map(({ bytes, isWhole }) => {
    const { head, isMail } = readHeadOnly(bytes);
    // What is no mail, or has a header without end, is for the reader, which keeps it for a person.
    return isMail && isWhole ? siftMail(head, office, rules) : ({ kind: 'look-inside' } as const);
  });
  const asked = new Set(sifted.flatMap((one) => (one.kind === 'if-known' ? one.addresses : [])));
  const known = asked.size > 0 ? await knows([...asked]) : new Set<string>();
  return sifted.map((one) => {
    switch (one.kind) {
      case 'keep':
        return { kind: 'keep', isSure: true };
      case 'look-inside':
        return { kind: 'keep', isSure: false };
      case 'if-known':
        return one.addresses.some((address) => known.has(address))
          ? { kind: 'keep', isSure: true }
          : { kind: 'skip', because: 'stranger' };
      case 'skip':
        return { kind: 'skip', because: one.because };
      default:
        return one satisfies never;
    }
  });
}

/** Tells how many mails were left out, and why. */
export function countSkips(choices: readonly Choice[], { skipped }: Pick<Session<unknown>, 'skipped'>): void {
  const counts = new Map<SkipReason, number>();
  for (const choice of choices)
    if (choice.kind === 'skip') counts.set(choice.because, (counts.get(choice.because) ?? 0) + 1);
  for (const [because, count] of counts) skipped(because, count);
}
