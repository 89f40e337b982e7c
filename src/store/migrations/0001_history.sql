-- The bones: who we are, who the clients are, what was captured, what became of it.
-- Rules the database can keep live here as constraints: a draft always has its one owner, an identity leads to one contact,
-- a capture is stored once. Runs on PostgreSQL 15 to 18: no extensions, no functions newer than 15.

create table employee (
  id            uuid primary key default gen_random_uuid(),
  key           text not null unique,                     -- what a re-import recognises him by: e-mail in lower case, else name
  name          text not null,
  email         text,
  role          text not null default 'employee' check (role in ('employee', 'supervisor', 'it')),
  language      text check (language in ('ru', 'uk', 'en')),
  zone          text,                                     -- IANA name; null: the office's
  substitute_id uuid references employee,
  active        boolean not null default true,
  is_duty       boolean not null default false,           -- office.duty: owns what nobody else does
  created_at    timestamptz not null default now()
);
create unique index employee_duty on employee (is_duty) where is_duty;

create table absence (
  id          uuid primary key default gen_random_uuid(),
  employee_id uuid not null references employee,
  since       timestamptz not null,
  until       timestamptz not null,
  check (since < until)
);

create table client (
  id             uuid primary key default gen_random_uuid(),
  key            text not null unique,                    -- what a re-import recognises it by: the name, folded
  name           text not null,
  kind           text not null default 'organisation' check (kind in ('organisation', 'private')),
  class          text,
  responsible_id uuid references employee,
  created_at     timestamptz not null default now()
);

create table person (
  id        uuid primary key default gen_random_uuid(),
  client_id uuid not null references client,
  name      text not null,
  unique (client_id, name)
);

-- An address of exactly one of: client, person, employee. `address` is normalised: E.164 with '+', e-mail and domain in
-- lower case, extension as dialled. It counts for [since, until): a number that moved does not pull old calls along.
create table contact_point (
  id          uuid primary key default gen_random_uuid(),
  kind        text not null check (kind in ('phone', 'email', 'fax', 'domain', 'extension')),
  address     text not null,
  raw         text not null,                              -- as a person wrote it
  client_id   uuid references client,
  person_id   uuid references person,
  employee_id uuid references employee,
  since       timestamptz not null default '-infinity',
  until       timestamptz not null default 'infinity',
  shared      boolean not null default false,
  check (since < until),
  check (num_nonnulls(client_id, person_id, employee_id) = 1)
);
create index contact_point_address on contact_point (address, kind);
create index contact_point_client on contact_point (client_id) where client_id is not null;
create index contact_point_person on contact_point (person_id) where person_id is not null;
create index contact_point_employee on contact_point (employee_id) where employee_id is not null;
create unique index contact_point_once on contact_point
  (kind, address, coalesce(client_id, person_id, employee_id), since);

create table occasion (
  id     uuid primary key default gen_random_uuid(),
  name   text not null unique,
  rank   integer not null,                                -- order in YAML
  active boolean not null default true
);

-- One sighting by one connector; immutable. key = sha256 of the source's identity and revision: fixed size, whatever arrives.
create table capture (
  id          uuid primary key,
  connector   text not null,
  key         bytea not null,
  channel     text not null,
  revision    integer not null default 0,
  facts       jsonb not null,                             -- the Capture without its evidence; times in ISO
  evidence    text not null,
  captured_at timestamptz not null default now(),
  unique (connector, key)
);

create table contact (
  id           uuid primary key,
  -- machine columns: a pure merge of the captures, rebuilt when one is added
  channel      text not null check (channel in ('call', 'email', 'fax', 'web', 'meeting', 'letter', 'message')),
  direction    text not null check (direction in ('inbound', 'outbound', 'internal')),
  outcome      text,                                      -- calls: how it ended (answered, missed …)
  started_at   timestamptz not null,
  ended_at     timestamptz not null,
  outside_kind text check (outside_kind in ('phone', 'email', 'fax', 'extension')),
  outside      text,                                      -- as the source wrote it; null: withheld or unknown
  outside_norm text,                                      -- E.164 or e-mail in lower case; null: not an address
  outside_name text,
  connector    text not null,                             -- the first to see it
  facts        jsonb not null,                            -- the merged Capture without evidence
  asks         boolean not null default true,             -- false: backfill or automatic, nobody is prompted
  -- decided by the stages
  state        text not null default 'draft'
               check (state in ('draft', 'completed', 'dismissed', 'bare', 'planned', 'automatic')),
  owner_id     uuid not null references employee,         -- never none; the duty employee until assign has decided
  decided_at   timestamptz,                               -- when match and assign had their say; null: not yet
  match        jsonb,                                     -- { verdict, candidates: [{ clientId, personId, strength, reason }] }
  client_id    uuid references client,
  person_id    uuid references person,
  due_at       timestamptz,
  call_back    boolean not null default false,            -- a missed call that still waits to be called back
  reached_by   uuid references contact,                   -- the later contact that reached the client after this missed call
  -- written only by people
  client_by_hand boolean not null default false,
  gist         text check (char_length(gist) between 1 and 4000),
  outcome_by_hand text check (outcome_by_hand in ('not-reached', 'wrong-number', 'spam', 'private', 'no-content')),
  occasion_id  uuid references occasion,
  next_step    jsonb,                                     -- { kind: call|meeting, on: date } or null
  typing       text,                                      -- autosaved, not yet saved: shown again to the owner only
  dismiss_reason text,
  completed_at timestamptz,
  completed_by uuid references employee,
  version      integer not null default 1,                -- people's edits: optimistic locking
  merged_into  uuid references contact,
  created_at   timestamptz not null default now(),
  constraint completed_says_something
    check (state <> 'completed' or gist is not null or outcome_by_hand is not null)
);
create index contact_of_client on contact (client_id, started_at desc, id) where merged_into is null;
create index contact_draft on contact (owner_id, started_at) where state = 'draft' and merged_into is null;
create index contact_outside on contact (outside_norm, started_at desc) where merged_into is null;
create index contact_undecided on contact (created_at) where decided_at is null and merged_into is null;
create index contact_waiting on contact (outside_norm) where call_back;

create table contact_capture (
  capture_id uuid primary key references capture,
  contact_id uuid not null references contact
);
create index contact_capture_contact on contact_capture (contact_id);

-- sha256 of every identity a contact is known by: a linked id with its exchange, a Message-ID …
create table contact_identity (
  identity   bytea primary key,
  contact_id uuid not null references contact
);
create index contact_identity_contact on contact_identity (contact_id);

-- Append-only: every change of a contact's human fields and of client data, with who, when, old and new.
create table change (
  id         bigint generated always as identity primary key,
  at         timestamptz not null default now(),
  author_id  uuid references employee,                    -- null: the machine
  via        text not null,                               -- session, link, import, machine
  entity     text not null check (entity in ('contact', 'client', 'person', 'contact_point', 'employee')),
  entity_id  uuid not null,
  client_id  uuid references client,                      -- whose timeline shows it
  field      text not null,
  old        jsonb,
  new        jsonb,
  undoes     bigint references change
);
create index change_entity on change (entity_id, id);
create index change_client on change (client_id, id) where client_id is not null;
create function change_is_append_only() returns trigger language plpgsql as $$
begin raise exception 'change rows are never altered' using errcode = 'raise_exception'; end $$;
create trigger change_append_only before update or delete on change for each row execute function change_is_append_only();

-- What has to be done about a row, written in the statement that made the row; the queue carries only the ids.
create table outbox (
  id         bigint generated always as identity primary key,
  job        text not null check (job in ('decide', 'prompt')),
  ref        uuid not null,                               -- the contact
  not_before timestamptz not null default now(),
  created_at timestamptz not null default now(),
  relayed_at timestamptz,                                 -- handed to the queue; null again after the queue was lost
  done_at    timestamptz
);
create index outbox_open on outbox (id) where done_at is null;
create index outbox_unrelayed on outbox (not_before, id) where relayed_at is null and done_at is null;
create index outbox_ref on outbox (ref);

-- One notification to one employee about one draft. A retry or a reminder carries the same link (same generation).
create table prompt (
  id          uuid primary key default gen_random_uuid(),
  contact_id  uuid not null references contact,
  employee_id uuid not null references employee,
  generation  integer not null default 1,
  kind        text not null default 'ask' check (kind in ('ask', 'due')),
  token_hash  bytea not null unique,                      -- sha256 of the link's token; the token itself is nowhere
  message_id  text not null unique,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  sent_at     timestamptz,
  revoked_at  timestamptz,
  attempts    integer not null default 0,
  last_error  text,
  unique (contact_id, employee_id, generation)
);

create table session (
  token_hash  bytea primary key,
  employee_id uuid not null references employee,
  created_at  timestamptz not null default now(),
  seen_at     timestamptz not null default now(),
  expires_at  timestamptz not null
);
create table sign_in (
  token_hash  bytea primary key,
  employee_id uuid not null references employee,
  expires_at  timestamptz not null,
  used_at     timestamptz
);

create table connector_position (
  connector  text primary key,
  position   text not null,
  updated_at timestamptz not null default now()
);

-- A connector runs in one process at a time; the epoch fences the old holder.
create table connector_lease (
  connector text primary key,
  holder    text not null,
  epoch     bigint not null,
  until     timestamptz not null
);

create table connector_state (
  connector  text primary key,
  kind       text not null,
  state      text not null check (state in ('starting', 'up', 'retrying', 'resting', 'stopped')),
  since      timestamptz not null default now(),
  fault      text,                                        -- the code; what IT can do about it is in the connector's README
  facts      jsonb,
  next_try_at timestamptz
);

create table journal (
  connector   text not null,
  seq         bigint generated always as identity,
  grp         text not null,
  received_at timestamptz not null,
  entry       text not null,
  primary key (connector, seq)
);
create index journal_group on journal (connector, grp);

-- A period in which a connector could not see and nothing refilled it; shown to people, never silent.
create table gap (
  id        bigint generated always as identity primary key,
  connector text not null,
  since     timestamptz not null,
  until     timestamptz not null,
  reason    text not null,
  check (since <= until)
);

create table quarantine (
  id          bigint generated always as identity primary key,
  connector   text not null,
  at          timestamptz not null default now(),
  fault       text not null,
  facts       jsonb,
  raw         text not null,
  resolved_at timestamptz
);
