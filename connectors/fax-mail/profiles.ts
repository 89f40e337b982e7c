import { z } from 'zod';
import { Fault } from '../../src/connector/index.ts';
import {
  builtInProfiles,
  type CompiledProfile,
  compileProfile,
  type FaxProfile,
  faxGroups,
  profilesNamed,
} from '../../src/mail/index.ts';

const pattern = z.string().min(1);
const patterns = z.array(pattern);

/** How a gateway writes that none of ours describes. */
const Own = z.strictObject({
  name: z.string().min(1).describe('how the reason of a contact calls it'),
  match: z
    .strictObject({
      from: pattern.describe('found in the sender’s address').exactOptional(),
      subject: pattern.describe('found in the subject').exactOptional(),
      body: pattern.describe('found in the text').exactOptional(),
      header: z
        .strictObject({
          name: z.string().min(1).describe('name of a header field'),
          value: pattern.describe('found in its value'),
        })
        .describe('found in a header field')
        .exactOptional(),
    })
    .describe('which mails are of this gateway: everything that stands here must be found'),
  status: z
    .enum(['received', 'failed', 'sent-report'])
    .describe('what its mails tell: a fax that came (default), one that failed, one that was sent')
    .exactOptional(),
  failed: pattern.describe('found in subject or text: it failed, whatever status says').exactOptional(),
  notSent: pattern.describe('found in a sent report: it was not sent').exactOptional(),
  find: z
    .strictObject({
      subject: patterns.describe('looked for in the subject').exactOptional(),
      body: patterns.describe('looked for in the text').exactOptional(),
      attachment: patterns.describe('looked for in the document’s name').exactOptional(),
    })
    .describe('patterns with named groups such as (?<number>[0-9+]+), tried in turn')
    .exactOptional(),
  labels: z
    .partialRecord(z.enum(faxGroups), z.array(z.string().min(1)))
    .describe('words before a colon on lines of the text: { number: [CallID1], pages: [Pages, Страниц] }')
    .exactOptional(),
  needsProof: z
    .boolean()
    .describe('a document must be attached, or numbers be told; for patterns that also fit what people write')
    .exactOptional(),
  region: z
    .string()
    .regex(/^[A-Z]{2}$/, { error: 'two letters such as UA' })
    .describe('country of numbers without country code, when not the office’s')
    .exactOptional(),
});

const names = builtInProfiles.map(({ name }) => name).filter((name) => !name.endsWith('-sent'));

/** Names of built-in profiles and profiles of one's own, in the order in which they are tried. */
export const Profiles = z
  .array(z.union([z.string(), Own]))
  .min(1)
  .describe(`in what form the faxes come, tried in this order: ${names.join(', ')}, or forms of your own; default: all`)
  .meta({ example: ['hylafax', 'freepbx'] })
  .transform((written, context): readonly CompiledProfile[] =>
    written.flatMap((one, index) => (typeof one === 'string' ? named(one, index, context) : own(one, index, context))),
  );

function named(name: string, index: number, context: z.core.$RefinementCtx): readonly CompiledProfile[] {
  const { profiles, unknown } = profilesNamed([name]);
  if (unknown.length > 0)
    context.addIssue({
      code: 'custom',
      path: [index],
      message: `the name of a profile (${names.join(', ')}), or a profile`,
      params: { choices: names },
      input: name,
    });
  return profiles;
}

function own(profile: FaxProfile, index: number, context: z.core.$RefinementCtx): readonly CompiledProfile[] {
  try {
    return [compileProfile(profile)];
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'fax.pattern') throw error;
    const { pattern: wrong, message } = error.facts;
    const isEmpty = typeof wrong !== 'string';
    const path = [index, ...(isEmpty ? ['match'] : (placeOf(profile, wrong) ?? []))];
    const expected = isEmpty ? 'from, subject, body or header' : `a pattern as RE2 knows them (${String(message)})`;
    context.addIssue({ code: 'custom', path, message: expected, input: wrong });
    return [];
  }
}

/** Where in the profile a pattern stands. */
function placeOf(value: unknown, wanted: string): (string | number)[] | null {
  if (value === wanted) return [];
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const place = placeOf(inner, wanted);
    if (place !== null) return [Array.isArray(value) ? Number(key) : key, ...place];
  }
  return null;
}
