-- A digest of several drafts can be answered by mail: `1. …`, `2. …`. Which number stood for which draft is kept when the mail
-- is written: by the time the answer comes, some of the drafts are completed, joined or given away.
alter table prompt add column number integer check (number > 0);
create unique index prompt_number on prompt (digest_id, number) where number is not null;

-- An answer to a digest: what of it could be placed is in the contacts; what could not is told back to who wrote it, by one
-- mail, whose Message-ID is stored so that it can be answered in turn.
create table digest_answer (
  id            uuid primary key default gen_random_uuid(),
  digest_id     uuid not null references digest,
  identity      bytea not null unique,                    -- sha256: copies of the same mail have the same
  mail_id       uuid not null,                            -- read from it; no reference, rows of mail may go sooner
  is_whole      boolean not null,                         -- all of it was placed
  unplaced      jsonb,                                    -- what is to be told back; null: nothing, or it was told
  message_id    text unique,                              -- of the mail that tells him
  created_at    timestamptz not null,
  claimed_until timestamptz,                              -- one worker sends it until then
  sent_at       timestamptz,
  attempts      integer not null default 0,
  last_error    text
);
