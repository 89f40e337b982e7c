-- Several installations may share one Redis: each names its queues after itself. One row, made here and never changed.
create table installation (
  id         uuid primary key default gen_random_uuid(),
  created_at timestamptz not null default now(),
  the_only   boolean not null default true unique check (the_only)
);
insert into installation default values;
