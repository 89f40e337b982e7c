import { IANAZone } from 'luxon';
import { RE2JS, RE2JSException } from 're2js';
import { z } from 'zod';
import { Signature } from '../../src/connector/index.ts';
import { directionWords, eventWords, type Mapping, outcomeWords, presets } from './presets.ts';

/** Values of the source (patterns of RE2 for the whole value, any case) to our words; the first that fits counts. */
function table<const Words extends readonly [string, ...string[]]>(words: Words, description: string) {
  return z
    .record(z.string(), z.enum(words))
    .describe(description)
    .transform((written, context) =>
      Object.entries(written).map(
        ([source, word]): Line<Words[number]> => ({ pattern: compiled(source, context), word }),
      ),
    );
}

function compiled(source: string, context: z.core.$RefinementCtx): RE2JS {
  try {
    return RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    const why = error instanceof RE2JSException ? error.message : String(error);
    context.addIssue({ code: 'custom', message: `a regular expression as RE2 knows them (${why})`, input: source });
    return z.NEVER;
  }
}

const path = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const field = (description: string) => path.describe(description).optional();

const sides = {
  outside: field('the outside party’s number'),
  employee: field('our person’s extension (or e-mail), who talked or was rung'),
  line: field('our number that was called'),
};

export const CallMap = z.strictObject({
  event: field('what happened; without it every request is a finished call. $path is what follows the address'),
  id: field('the exchange’s id of the call, the same in all its events'),
  ring: field('the id of one ringing phone, where every phone has its own start and end'),
  links: field('further ids of the same call'),
  direction: field('which way it went; without it told by who is an extension'),
  from: field('who called'),
  to: field('who was called'),
  ...sides,
  inbound: z.strictObject(sides).describe('the same fields, for inbound calls only').optional(),
  outbound: z.strictObject(sides).describe('the same fields, for outbound calls only').optional(),
  name: field('the caller’s name'),
  startedAt: field('when it began: ISO, date and time, or seconds, ms or µs since 1970'),
  answeredAt: field('when a person answered; nothing or 0 when nobody did'),
  endedAt: field('when it ended'),
  ringSeconds: field('how long it rang'),
  talkSeconds: field('how long they talked'),
  outcome: field('how it ended'),
  recording: field('file or address of the recording'),
  queue: field('the queue it came through'),
});

const example = {
  id: 'call.uuid',
  event: 'type',
  from: 'call.caller',
  to: 'call.callee',
  employee: ['agent.ext', 'agent.email'],
  startedAt: 'call.started',
  talkSeconds: 'call.seconds',
  outcome: 'call.status',
};

const Written = z.strictObject({
  preset: z
    .enum(['generic', 'freeswitch-json-cdr', 'zadarma', 'binotel', 'mango'])
    .describe('the exchange whose fields, signature and answer are known; what is set below goes before')
    .default('generic'),
  secret: z
    .string()
    .min(1)
    .describe('what the exchange signs with or sends along; write ${env:NAME} or ${file:PATH}')
    .meta({ examples: ['${env:PBX_WEBHOOK_SECRET}'] })
    .optional(),
  signature: Signature.describe('how a request proves where it comes from')
    .optional()
    .meta({
      examples: [{ scheme: 'hmac', algorithm: 'sha256', header: 'x-signature', encoding: 'hex' }],
    }),
  map: CallMap.describe('where in the body each fact stands: a path, or several of which the first with a value counts')
    .optional()
    .meta({ examples: [example] }),
  events: table(eventWords, 'values of map.event').optional(),
  directions: table(directionWords, 'values of map.direction').optional(),
  outcomes: table(outcomeWords, 'values of map.outcome; ended: answered if somebody talked, else missed').optional(),
  timezone: z
    .string()
    .refine((zone) => IANAZone.isValidZone(zone), 'a time zone such as Europe/Kyiv')
    .describe('of times that are written without one')
    .meta({ examples: ['Europe/Kyiv'] })
    .optional(),
  jsonField: z.string().min(1).describe('the field of a form that holds the body as JSON').optional(),
  echo: z.string().min(1).describe('a GET with this parameter is answered with its value').optional(),
  answer: z
    .strictObject({
      body: z.string().max(4096).describe('what the exchange wants to hear').optional(),
      type: z.string().min(1).describe('its content type').optional(),
    })
    .describe('the answer when all is stored')
    .optional()
    .meta({ examples: [{ body: '{"status":"success"}', type: 'application/json' }] }),
});

export const Config = Written.transform((written, context) => {
  const preset = presets[written.preset];
  const signature = signatureOf(written.signature, preset.signature);
  const secret = written.secret ?? '';
  const scheme = signature.scheme ?? 'none';
  const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  if (scheme !== 'none' && secret === '')
    refuse('secret', `a secret for signature.scheme ${scheme} (or signature: { scheme: none })`);
  if (scheme === 'standard-webhooks' && Buffer.from(secret.replace(/^whsec_/, ''), 'base64').length < 16)
    refuse('secret', 'a key as whsec_… in base64, of at least 16 bytes');
  if (preset.needsTimezone && written.timezone === undefined)
    refuse('timezone', `a time zone such as Europe/Kyiv: ${written.preset} writes times without one`);
  const map: Mapping = { ...preset.map, ...stated(written.map ?? {}) };
  return {
    signature,
    secret,
    map,
    events: [...(written.events ?? []), ...known(preset.events)],
    directions: [...(written.directions ?? []), ...known(preset.directions)],
    outcomes: [...(written.outcomes ?? []), ...known(preset.outcomes)],
    timezone: written.timezone ?? null,
    jsonField: written.jsonField ?? preset.jsonField,
    echo: written.echo ?? preset.echo,
    answer: { ...preset.answer, ...stated(written.answer ?? {}) },
  };
});
export type Config = z.output<typeof Config>;

/** One line of a table: a value of the source that fits the pattern as a whole means the word. */
export interface Line<Word extends string> {
  readonly pattern: RE2JS;
  readonly word: Word;
}

function known<Word extends string>(lines: Readonly<Record<string, Word>>): Line<Word>[] {
  return Object.keys(lines).flatMap((source) => {
    const word = lines[source];
    return word === undefined ? [] : [{ pattern: RE2JS.compile(source, RE2JS.CASE_INSENSITIVE), word }];
  });
}

/** Another scheme has nothing of the preset's; details alone change the preset's scheme. */
function signatureOf(written: Signature | undefined, preset: Signature): Signature {
  if (written === undefined) return preset;
  if (written.scheme !== undefined && written.scheme !== preset.scheme) return written;
  return { ...preset, ...stated(written) };
}

/** Without the keys that stand there with nothing. */
function stated<T extends object>(written: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(written).filter(([, value]) => value !== undefined);
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  return Object.assign(kept, Object.fromEntries(entries));
}
