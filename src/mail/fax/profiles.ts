import { exchangeProfiles } from './exchange-profiles.ts';
import { genericProfiles } from './generic-profiles.ts';
import { type CompiledProfile, compileProfile, type FaxProfile } from './profile.ts';
import { serverProfiles } from './server-profiles.ts';
import { serviceProfiles } from './service-profiles.ts';

/** Every gateway we know, the surest first; a mail is read by the first that fits. */
export const builtInProfiles: readonly FaxProfile[] = [
  ...exchangeProfiles,
  ...serviceProfiles,
  ...serverProfiles,
  ...genericProfiles,
];

export const builtIn: readonly CompiledProfile[] = builtInProfiles.map(compileProfile);

/** Profiles by their names, in the given order; `undefined`: all. Names nobody has come back in `unknown`. */
export function profilesNamed(names: readonly string[]): {
  readonly profiles: readonly CompiledProfile[];
  readonly unknown: readonly string[];
} {
  const family = (name: string) =>
    builtIn.filter(({ profile }) => profile.name === name || profile.name === `${name}-sent`);
  return {
    profiles: names.flatMap(family),
    unknown: names.filter((name) => family(name).length === 0),
  };
}
