-- A digest: one mail to one employee about several drafts, each with a prompt (and so a link) of its own.
-- A table, not a column of prompt: the mail has what none of its prompts has alone. It is claimed, sent and retried as one,
-- and its Message-ID is stored when it is made, so that a copy sent again is the same mail whichever of its drafts are left.
create table digest (
  id            uuid primary key default gen_random_uuid(),
  employee_id   uuid not null references employee,
  message_id    text not null unique,
  more          integer not null check (more >= 0),       -- drafts for which the mail had no place
  created_at    timestamptz not null,
  claimed_until timestamptz,                              -- one worker sends it until then
  sent_at       timestamptz,
  attempts      integer not null default 0,
  last_error    text
);
create index digest_of_employee on digest (employee_id, created_at desc);

alter table prompt add column digest_id uuid references digest;
create index prompt_of_digest on prompt (digest_id) where digest_id is not null;

-- Whether it used up one of the day's places (prompts.perDay). Stored, because a call that was returned since is no longer
-- told apart from any other: false for those, and for a new link somebody asked for himself.
alter table prompt add column counts boolean not null default true;

-- Made bare because the day's places were used up: a copy that comes later does not ask again.
alter table contact add column capped_at timestamptz;
