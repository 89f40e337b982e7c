import { normalizeAddress } from '../phone/phone.ts';
import type { Address } from './capture.ts';

/** The parts of a contact's facts that name our people, as the source wrote them. */
export interface NamedPeople {
  readonly employees: readonly Address[] | null;
  readonly call: {
    readonly talks: readonly { readonly who: string; readonly seconds: number }[];
    readonly lastTalkedTo: string | null;
    readonly employees: readonly string[];
    readonly rang: readonly string[];
    readonly voicemail: string | null;
  } | null;
}

/** The same with addresses as they are compared; what is no address at all is left out. */
export interface Participants {
  readonly talks: readonly { readonly address: string; readonly seconds: number }[];
  readonly lastTalkedTo: string | null;
  readonly named: readonly string[];
  readonly rang: readonly string[];
}

/**
 * Everybody the facts name, so that extensions, mobiles of ours that took a forwarded call, and mailboxes can be looked up.
 * Only the look-up knows who of them is ours: in an outbound call the client stands among the talkers.
 */
export function participantsOf(
  facts: NamedPeople,
  extensions: Pick<RegExp, 'test'>,
  region: string | null,
): Participants {
  const byValue = (who: string) =>
    extensions.test(who) ? who : normalizeAddress({ kind: 'phone', value: who }, region).normalized;
  const byAddress = (address: Address) =>
    address.kind === 'email' ? normalizeAddress(address, region).normalized : byValue(address.value);
  const { call } = facts;
  return {
    talks: (call?.talks ?? []).flatMap(({ who, seconds }) => {
      const address = byValue(who);
      return address === null ? [] : [{ address, seconds }];
    }),
    lastTalkedTo: call?.lastTalkedTo == null ? null : byValue(call.lastTalkedTo),
    named: [...(facts.employees ?? []).map(byAddress), ...(call?.employees ?? []).map(byValue)].filter(isKnown),
    rang: [...(call?.rang ?? []), ...(call?.voicemail == null ? [] : [call.voicemail])].map(byValue).filter(isKnown),
  };
}

/** Every address in it, each once. */
export function addressesOf({ talks, lastTalkedTo, named, rang }: Participants): readonly string[] {
  const all = [...talks.map(({ address }) => address), lastTalkedTo, ...named, ...rang];
  return [...new Set(all.filter(isKnown))];
}

function isKnown(address: string | null): address is string {
  return address !== null;
}
