-- Sources that keep clients in step: what each of them said last, so that only what the source itself changed is taken over,
-- and what it no longer says can be told from what people wrote.

create table client_source (
  name        text primary key,
  configured  boolean not null default true,              -- stands in the configuration now
  reads       text not null,                              -- file, url, json, sql
  every_ms    bigint,                                     -- null: at start and reload only
  state       text not null default 'waiting' check (state in ('waiting', 'good', 'failing', 'held')),
  since       timestamptz not null default now(),         -- of the state
  tried_at    timestamptz,
  next_try_at timestamptz,                                -- null: not by itself
  failures    integer not null default 0,
  fault       text,                                       -- the code; facts: place and cure
  facts       jsonb,
  good_at     timestamptz,                                -- when the last good copy was read
  good_count  integer,                                    -- clients in it
  fingerprint text,                                       -- of the last good copy: the same again changes nothing
  told        jsonb,                                      -- of it, for people: counts, rejected values, notes
  held_count  integer,                                    -- clients in the answer that waits for a person
  -- a person's answer to it: so many clients are right, or are to be passed over
  accepted_count  integer,
  discarded_count integer,
  answered_by     uuid references employee,
  answered_at     timestamptz
);
create index client_source_due on client_source (next_try_at) where configured;

-- What a source last said of one client.
create table client_given (
  source    text not null references client_source,
  key       text not null,                                -- the source's own id, else the folded name
  client_id uuid not null references client,
  said      jsonb not null,                               -- { name, class, responsibleId, people, points }
  kept      jsonb,                                        -- what it says otherwise than a person wrote: { class: 'B' }
  gone_at   timestamptz,                                  -- no longer in the source since
  primary key (source, key)
);
create index client_given_client on client_given (client_id);
create index client_given_gone on client_given (source) where gone_at is not null;
