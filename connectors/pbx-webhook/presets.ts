import type { Signature } from '../../src/connector/index.ts';

/** What became of a call, as tables say it; `ended`: answered if somebody talked, else missed. */
export const outcomeWords = [
  'answered',
  'missed',
  'no-answer',
  'busy',
  'rejected',
  'failed',
  'voicemail',
  'fax',
  'ended',
] as const;
/** `over`: a phone stops ringing, or a talk ends, and the record of the call comes by another event. */
export const eventWords = ['start', 'answer', 'end', 'over', 'ignore'] as const;
export const directionWords = ['inbound', 'outbound', 'internal'] as const;
export type OutcomeWord = (typeof outcomeWords)[number];
export type EventWord = (typeof eventWords)[number];
export type DirectionWord = (typeof directionWords)[number];

/** A path into the body, or several of which the first that has a value counts. */
export type Paths = string | readonly string[];

interface Sides {
  readonly outside?: Paths | undefined;
  readonly employee?: Paths | undefined;
  readonly line?: Paths | undefined;
}

/** Where in a body each fact of a call stands; the keys are those of `map:` in YAML. */
export interface Mapping extends Sides {
  readonly event?: Paths | undefined;
  readonly id?: Paths | undefined;
  readonly ring?: Paths | undefined;
  readonly links?: Paths | undefined;
  readonly direction?: Paths | undefined;
  readonly from?: Paths | undefined;
  readonly to?: Paths | undefined;
  readonly inbound?: Sides | undefined;
  readonly outbound?: Sides | undefined;
  readonly name?: Paths | undefined;
  readonly startedAt?: Paths | undefined;
  readonly answeredAt?: Paths | undefined;
  readonly endedAt?: Paths | undefined;
  readonly ringSeconds?: Paths | undefined;
  readonly talkSeconds?: Paths | undefined;
  readonly outcome?: Paths | undefined;
  readonly recording?: Paths | undefined;
  readonly queue?: Paths | undefined;
}

/** What is known of one exchange. Where each fact comes from, and what nobody could check: README. */
interface Preset {
  readonly signature: Signature;
  readonly map: Mapping;
  readonly events: Readonly<Record<string, EventWord>>;
  readonly directions: Readonly<Record<string, DirectionWord>>;
  readonly outcomes: Readonly<Record<string, OutcomeWord>>;
  readonly jsonField: string | null;
  readonly echo: string | null;
  readonly answer: { readonly body: string; readonly type: string };
  /** Its times have no zone of their own. */
  readonly needsTimezone: boolean;
}

const ok = { body: '{"status":"ok"}', type: 'application/json' };

/** `start`, `answer` and `end` of a call, in words an integrator would choose. */
const generic: Preset = {
  signature: { scheme: 'token' },
  map: {
    event: ['event', 'type'],
    id: ['id', 'call_id', 'callId', 'uuid'],
    links: ['linked_id', 'linkedId'],
    direction: 'direction',
    from: ['from', 'caller'],
    to: ['to', 'called', 'callee'],
    employee: ['employee', 'extension', 'agent'],
    outside: ['phone', 'client', 'outside'],
    line: ['line', 'did'],
    name: ['name', 'caller_name', 'callerName'],
    startedAt: ['startedAt', 'started_at', 'start', 'time'],
    answeredAt: ['answeredAt', 'answered_at'],
    endedAt: ['endedAt', 'ended_at'],
    ringSeconds: ['ringSeconds', 'ring_seconds', 'wait'],
    talkSeconds: ['talkSeconds', 'talk_seconds', 'billsec', 'duration'],
    outcome: ['outcome', 'status', 'disposition'],
    recording: ['recording', 'recording_url', 'record_url'],
    queue: 'queue',
  },
  events: {
    '(call[._-]?)?(start|started|ring|ringing|incoming)': 'start',
    '(call[._-]?)?(answer|answered|connected)': 'answer',
    '(call[._-]?)?(end|ended|finish|finished|completed|hangup)': 'end',
  },
  directions: {
    'in|inbound|incoming': 'inbound',
    'out|outbound|outgoing': 'outbound',
    'internal|local': 'internal',
  },
  outcomes: {
    'answer|answered|success': 'answered',
    'completed|ended|normal_clearing': 'ended',
    'missed|cancel|canceled|cancelled': 'missed',
    'no[ _-]?answer|noanswer': 'no-answer',
    'busy|user_busy': 'busy',
    'reject|rejected|declined': 'rejected',
    'failed|failure|error|congestion|chanunavail': 'failed',
    'voicemail|voice_mail': 'voicemail',
    fax: 'fax',
  },
  jsonField: null,
  echo: null,
  answer: ok,
  needsTimezone: false,
};

/**
 * mod_json_cdr posts one record for the leg that came in. It does not say which way the call went as an office sees it
 * (`direction` is that of the leg: inbound even for our own phones), so the numbers tell. `bridge_epoch` is set when
 * somebody of flesh was put through; an announcement or a mailbox answers without.
 */
const freeswitch: Preset = {
  signature: { scheme: 'basic' },
  map: {
    id: ['variables.call_uuid', 'variables.uuid', 'callflow.0.caller_profile.uuid'],
    links: ['variables.uuid', 'variables.bridge_uuid', 'variables.last_bridge_to'],
    from: ['callflow.0.caller_profile.caller_id_number', 'variables.caller_id_number', 'variables.sip_from_user'],
    to: [
      'variables.sip_req_user',
      'callflow.0.caller_profile.destination_number',
      'variables.destination_number',
      'variables.sip_to_user',
    ],
    inbound: {
      employee: [
        'variables.dialed_user',
        'callflow.0.caller_profile.originatee.originatee_caller_profiles.0.destination_number',
        'callflow.0.caller_profile.callee_id_number',
      ],
    },
    outbound: { outside: ['callflow.0.caller_profile.destination_number', 'variables.sip_to_user'] },
    name: ['callflow.0.caller_profile.caller_id_name', 'variables.caller_id_name'],
    startedAt: ['variables.start_uepoch', 'variables.start_epoch'],
    answeredAt: ['variables.bridge_uepoch', 'variables.bridge_epoch'],
    endedAt: ['variables.end_uepoch', 'variables.end_epoch'],
    outcome: ['variables.hangup_cause'],
    recording: ['variables.record_path', 'variables.recording_file', 'variables.record_name'],
    queue: ['variables.cc_queue'],
  },
  events: {},
  directions: {},
  outcomes: {
    'NORMAL_CLEARING|NORMAL_UNSPECIFIED|ATTENDED_TRANSFER|BLIND_TRANSFER|MEDIA_TIMEOUT|LOSE_RACE': 'ended',
    'ORIGINATOR_CANCEL|NO_ANSWER|NO_USER_RESPONSE|ALLOTTED_TIMEOUT|PROGRESS_TIMEOUT|SUBSCRIBER_ABSENT': 'missed',
    USER_BUSY: 'busy',
    CALL_REJECTED: 'rejected',
    '[A-Z_0-9]+': 'failed',
  },
  jsonField: 'cdr',
  echo: null,
  answer: { body: 'ok', type: 'text/plain; charset=utf-8' },
  needsTimezone: false,
};

/** NOTIFY_… of a Zadarma exchange. `internal` stands in the events that concern one phone. */
const zadarma: Preset = {
  signature: {
    scheme: 'hmac',
    algorithm: 'sha1',
    encoding: 'base64-of-hex',
    header: 'signature',
    over: {
      NOTIFY_ANSWER: ['caller_id', 'destination', 'call_start'],
      NOTIFY_OUT_START: ['internal', 'destination', 'call_start'],
      NOTIFY_OUT_END: ['internal', 'destination', 'call_start'],
      NOTIFY_RECORD: ['pbx_call_id', 'call_id_with_rec'],
      else: ['caller_id', 'called_did', 'call_start'],
    },
  },
  map: {
    event: 'event',
    id: 'pbx_call_id',
    direction: 'event',
    employee: 'internal',
    inbound: { outside: 'caller_id', line: 'called_did' },
    outbound: { outside: 'destination' },
    startedAt: 'call_start',
    talkSeconds: 'duration',
    outcome: 'disposition',
    recording: 'call_id_with_rec',
  },
  events: {
    'NOTIFY_START|NOTIFY_INTERNAL|NOTIFY_OUT_START': 'start',
    NOTIFY_ANSWER: 'answer',
    'NOTIFY_END|NOTIFY_OUT_END': 'end',
  },
  directions: { 'NOTIFY_OUT_.*': 'outbound', 'NOTIFY_.*': 'inbound' },
  outcomes: {
    answered: 'answered',
    busy: 'busy',
    'cancel|no answer': 'missed',
    'failed|no money.*|unallocated number|(no|no day|line) limit': 'failed',
  },
  jsonField: null,
  echo: 'zd_echo',
  answer: ok,
  needsTimezone: true,
};

/** Forms with `callDetails[…]`; the exchange repeats until it hears {"status":"success"}. It does not sign: token in the address. */
const binotel: Preset = {
  signature: { scheme: 'token' },
  map: {
    event: 'requestType',
    id: ['callDetails.generalCallID', 'generalCallID', 'callDetails.callID'],
    direction: ['callDetails.callType', 'callType'],
    outside: ['callDetails.externalNumber', 'externalNumber'],
    employee: ['callDetails.internalNumber', 'internalNumber', 'callDetails.employeeData.email'],
    line: ['callDetails.pbxNumberData.number', 'callDetails.didNumber', 'didNumber', 'pbxNumber'],
    name: ['callDetails.customerData.name'],
    startedAt: ['callDetails.startTime', 'startTime'],
    ringSeconds: ['callDetails.waitsec'],
    talkSeconds: ['callDetails.billsec'],
    outcome: ['callDetails.disposition'],
    recording: ['callDetails.linkToCallRecordInMyBusiness', 'callDetails.linkToCallRecord'],
  },
  events: {
    receivedTheCall: 'start',
    'answeredTheCall|transferredTheCall': 'answer',
    hangupTheCall: 'over',
    '(api)?CallCompleted': 'end',
  },
  directions: { '0|incoming': 'inbound', '1|outgoing': 'outbound' },
  outcomes: {
    'ANSWER|TRANSFER|ONLINE|SUCCESS': 'ended',
    'VM-SUCCESS': 'voicemail',
    'NOANSWER|NO ANSWER|CANCEL|VM': 'missed',
    BUSY: 'busy',
    'CONGESTION|CHANUNAVAIL|FAILED|ERROR': 'failed',
  },
  jsonField: null,
  echo: null,
  answer: { body: '{"status":"success"}', type: 'application/json' },
  needsTimezone: false,
};

/** A form of vpbx_api_key, sign and json, posted below the address: events/call, events/summary, events/recording … */
const mango: Preset = {
  signature: {
    scheme: 'digest',
    algorithm: 'sha256',
    encoding: 'hex',
    field: 'sign',
    over: ['vpbx_api_key', 'json', '$secret'],
  },
  map: {
    event: ['call_state', '$path'],
    id: ['entry_id', 'call_id'],
    ring: 'call_id',
    direction: 'call_direction',
    from: ['from.extension', 'from.number'],
    to: ['to.extension', 'to.number'],
    inbound: { outside: 'from.number', employee: 'to.extension', line: ['line_number', 'to.line_number'] },
    outbound: { outside: 'to.number', employee: 'from.extension', line: 'line_number' },
    startedAt: ['create_time', 'timestamp'],
    answeredAt: 'talk_time',
    endedAt: 'end_time',
    outcome: 'entry_result',
  },
  events: {
    Appeared: 'start',
    Connected: 'answer',
    'Disconnected|OnHold': 'over',
    '(.*/)?summary': 'end',
  },
  directions: { '0': 'internal', '1': 'inbound', '2': 'outbound' },
  outcomes: { '1': 'ended', '0': 'missed' },
  jsonField: 'json',
  echo: null,
  answer: ok,
  needsTimezone: false,
};

export const presets = { generic, 'freeswitch-json-cdr': freeswitch, zadarma, binotel, mango } as const;
