alter table contact add column thread text; create index contact_thread on contact (thread, started_at) where thread is not null and merged_into is null;
