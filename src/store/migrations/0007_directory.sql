-- The directory as people keep it: who came, changed posts, left or was merged; every change in a set that can be taken back
-- as one; addresses that are nobody's on purpose. Nothing of the directory is ever deleted: what is gone has a time.

-- Changes that were made together: one press of a button, one import, one merge, one look back at the past.
create table change_set (
  id        bigint generated always as identity primary key,
  at        timestamptz not null default now(),
  kind      text not null check (kind in ('edit', 'import', 'merge', 'rematch', 'rollback')),
  via       text not null,                                -- as change.via
  author_id uuid references employee,                     -- null: the machine
  label     text,                                         -- the file, the source, the API token
  facts     jsonb,                                        -- what a person wants to know of it: counts, ids
  undoes    bigint references change_set                  -- the set that this one took back, wholly or in part
);
create index change_set_undoes on change_set (undoes) where undoes is not null;

alter table change add column set_id bigint references change_set;
create index change_of_set on change (set_id, id) where set_id is not null;
create index change_undoes on change (undoes) where undoes is not null;

alter table client
  add column merged_into uuid references client,
  add column removed_at  timestamptz,                     -- its making was taken back, or it was deleted
  add column note        text,
  add constraint client_merged_not_into_itself check (merged_into <> id);
create index client_merged on client (merged_into) where merged_into is not null;

alter table person
  add column post       text,                             -- what he is there
  add column since      date,                             -- he joined, null: always there
  add column until      date,                             -- the first day he was no longer there
  add column removed_at timestamptz;                      -- taken back, or joined with another of the same name
alter table person drop constraint person_client_id_name_key;
create unique index person_once on person (client_id, name) where removed_at is null;

alter table contact_point
  add column mobile        boolean not null default false,
  add column reception     boolean not null default false, -- of the whole client, whoever calls
  add column gateway       boolean not null default false, -- a machine's: the fax gateway, the door
  add column never_capture boolean not null default false, -- nothing from or to it is kept
  add column not_client    boolean not null default false; -- a person said: this is no client's
-- A point that was taken back keeps its row with an empty period: no question about any moment finds it.
alter table contact_point drop constraint contact_point_check;
alter table contact_point add constraint contact_point_period check (since <= until);
-- An address of nobody says something, too: that it is nobody's.
alter table contact_point drop constraint contact_point_check1;
alter table contact_point add constraint contact_point_owner check (
  num_nonnulls(client_id, person_id, employee_id) = 1
  or num_nonnulls(client_id, person_id, employee_id) = 0 and (never_capture or not_client or since = until));
create unique index contact_point_nobody on contact_point (kind, address, since)
  where client_id is null and person_id is null and employee_id is null;
create index contact_point_never on contact_point (address) where never_capture;

create table department (
  id         uuid primary key default gen_random_uuid(),
  name       text not null unique,
  head_id    uuid references employee,
  created_at timestamptz not null default now()
);
alter table employee
  add column department_id uuid references department,
  add column hours         jsonb,                         -- his own working week, null: the office's
  add column account       text unique;                   -- of the company's directory service: entryUUID or objectGUID

alter table change drop constraint change_entity_check;
alter table change add constraint change_entity_check
  check (entity in ('contact', 'client', 'person', 'contact_point', 'employee', 'absence', 'department'));

-- A domain that becomes a client's is looked for in the past.
create index contact_domain on contact (split_part(outside_norm, '@', 2), started_at desc)
  where merged_into is null and outside_kind = 'email';

-- rematch: of a contact point that is new, changed or gone; its ref. notify: of something the company's CRM is told; its ref.
alter table outbox drop constraint outbox_job_check;
alter table outbox add constraint outbox_job_check
  check (job in ('decide', 'prompt', 'decide-past', 'rematch', 'notify'));

-- A moment as change rows write it: in UTC, to the microsecond, the same text for the same moment whatever the session.
create function instant(t timestamptz) returns text language sql stable as $$
  select case when isfinite(t) then to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') else t::text end
$$;
