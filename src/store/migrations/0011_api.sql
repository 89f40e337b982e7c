-- The company's CRM: who of its programs may do what, what was answered to them, and what they are told.

-- When a row last changed, for programs that keep a copy. Of contacts only what others may see moves it: not what is typed.
alter table client add column updated_at timestamptz not null default now();
alter table person add column updated_at timestamptz not null default now();
alter table contact_point add column updated_at timestamptz not null default now();
alter table contact add column updated_at timestamptz not null default now();
create function is_updated() returns trigger language plpgsql as $$
begin new.updated_at := now(); return new; end $$;
create trigger client_updated before update on client for each row execute function is_updated();
create trigger person_updated before update on person for each row execute function is_updated();
create trigger contact_point_updated before update on contact_point for each row execute function is_updated();
create trigger contact_updated
  before update of version, state, gist, outcome_by_hand, occasion_id, next_step, client_id, person_id, owner_id, channel,
                   direction, outcome, started_at, ended_at, outside_norm, facts, merged_into, completed_at
  on contact for each row execute function is_updated();
create index client_by_update on client (updated_at, id);
create index person_by_update on person (updated_at, id);
create index contact_point_by_update on contact_point (updated_at, id);
create index contact_by_update on contact (updated_at, id) where merged_into is null;

create table api_token (
  id         uuid primary key default gen_random_uuid(),
  name       text not null,
  source     text not null,                               -- whose keys of clients it speaks of; a new token of the same program: the same
  token_hash bytea not null unique,                       -- sha256; the token itself is nowhere
  scopes     text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default 'infinity',
  revoked_at timestamptz,
  used_at    timestamptz                                  -- noted once a minute at most
);
create unique index api_token_name on api_token (name) where revoked_at is null;

-- What was answered to a request with an Idempotency-Key, written in the transaction that did what was asked.
create table api_answer (
  token_id     uuid not null references api_token,
  key          text not null,
  request_hash bytea not null,                            -- sha256 of method, path and body
  status       integer not null default 0,
  headers      jsonb not null default '{}',
  body         text not null default '',
  created_at   timestamptz not null,
  primary key (token_id, key)
);
create index api_answer_age on api_answer (created_at);

-- By which key another program knows a client of ours.
create table client_key (
  source    text not null,
  key       text not null check (char_length(key) between 1 and 200),
  client_id uuid not null references client,
  primary key (source, key)
);
create unique index client_key_of_client on client_key (client_id, source);

-- What happened that other programs may want to know of, written in the transaction in which it happened.
create table event (
  id         uuid primary key,                            -- the webhook-id: the same at every attempt
  seq        bigint generated always as identity unique,
  at         timestamptz not null default now(),
  type       text not null,
  contact_id uuid,
  client_id  uuid,
  streams    uuid[] not null,                             -- the contact and the clients it is about: in order with all of these
  data       jsonb not null,                              -- ids and names of fields, never what was written in them
  position   bigint unique                                -- its place in the one order all targets get; null: not yet given
);
create index event_unplaced on event (seq) where position is null;
create index event_age on event (at);
create index event_stranger on event (contact_id) where type = 'stranger.appeared';
create sequence event_position as bigint;

-- Who is told: the YAML's targets as of the last start, and how they do.
create table webhook_target (
  name            text primary key,
  url             text not null,
  events          text[] not null,
  state           text not null default 'active' check (state in ('active', 'gone', 'removed')),
  failing_since   timestamptz,
  failures        integer not null default 0,             -- one after the other, whatever event
  hold_until      timestamptz,                            -- nothing is sent before: it asked so, or nobody was there
  last_success_at timestamptz,
  last_error      text
);

create table webhook_delivery (
  target        text not null references webhook_target,
  event_id      uuid not null references event on delete cascade,
  position      bigint not null,                          -- the event's
  state         text not null default 'waiting' check (state in ('waiting', 'accepted', 'given-up')),
  attempts      integer not null default 0,
  next_at       timestamptz not null,                     -- of one behind a failed one: that one's
  claimed_until timestamptz,                              -- one process sends it until then
  last_at       timestamptz,
  last_status   integer,                                  -- null: no answer came
  last_error    text,
  accepted_at   timestamptz,                              -- the first time
  primary key (target, event_id)
);
create index webhook_delivery_waiting on webhook_delivery (target, position) where state = 'waiting';
create index webhook_delivery_event on webhook_delivery (event_id);

-- Whose turn it is: one row for each stream of each waiting delivery. Who has none before him in any of his streams may go.
-- A table of its own, because "is there an earlier one" must cost the same behind ten waiting events and ten thousand.
create table webhook_turn (
  target   text not null references webhook_target,
  stream   uuid not null,
  position bigint not null,
  primary key (target, stream, position)
);
