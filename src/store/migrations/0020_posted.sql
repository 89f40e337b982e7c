-- What a source that calls us posted is kept first and made a contact afterwards: its row is on the disk before the source is
-- answered, and goes in the transaction at whose end the contact stands. See docs/decisions/0023.

create table posted (
  id        bigint generated always as identity primary key,       -- in the order in which they were kept
  connector text not null,
  facts     text not null,                               -- JSON of the capture without its evidence; times in ms since 1970
  evidence  text not null,
  kept_at   timestamptz not null default now()
) with (
  -- A row lives for seconds: rows stay whole up to 8 KB, and what is dead is cleared by number, however short the table is.
  toast_tuple_target = 8160,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 50000
);
-- To compress what is deleted at once is work for nothing.
alter table posted alter column facts set storage external, alter column evidence set storage external;
