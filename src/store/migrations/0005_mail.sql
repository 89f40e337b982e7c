-- Mail is kept first and read afterwards: its bytes are durable, and the mailbox's position with them, before anybody looks
-- into them. What stands here unread is read by whoever comes first; reading twice is harmless.

create table mail (
  id            uuid primary key,
  connector     text not null,
  key           bytea not null,                          -- sha256 of the source's own identity: folder, UIDVALIDITY, UID
  folder        text,
  arrived_at    timestamptz not null,                    -- when it came into the mailbox
  size_bytes    bigint not null,                         -- of the whole mail, as the mailbox says
  raw           bytea,                                   -- the mail as it came; null: in `file`, or forgotten
  file          text,                                    -- sha256 of the bytes: too large for a row
  cut           text,                                    -- why only the beginning is here
  asks          boolean not null,                        -- false: the past, nobody is asked
  kept_at       timestamptz not null default now(),
  read_at       timestamptz,                             -- null: still to be read
  claimed_until timestamptz,                             -- a process is at it
  revision      integer not null default 0,              -- grows when it is read anew
  verdict       text,                                    -- what it was found to be
  reason        text,
  quarantined   bigint references quarantine,            -- it could not be read fully
  unique (connector, key)
);
-- Attachments are base64, which pglz tries in vain: a fifth of the server's time in a catch-up (measured).
alter table mail alter column raw set storage external;
create index mail_file on mail (file) where file is not null;
create index mail_unread on mail (arrived_at desc) where read_at is null;

-- Which thread a mail is of: every Message-ID that it names leads to the same one, also when the mails come out of order.
create table mail_thread (
  message_id bytea primary key,                          -- sha256
  thread     text not null
);

alter table contact add column thread text;
alter table contact add column joined_to uuid references contact;  -- the draft of its thread that is asked about instead
create index contact_thread on contact (thread, started_at) where thread is not null and merged_into is null;

-- What nobody waits for is decided in a queue of its own: old mails hold up no call of today.
alter table outbox drop constraint outbox_job_check;
alter table outbox add constraint outbox_job_check check (job in ('decide', 'prompt', 'decide-past'));
