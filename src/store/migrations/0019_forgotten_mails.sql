-- A mail that was none of our business leaves a row without bytes, lest it be read again. It has its time too: the daily sweep
-- finds the oldest without looking at the others. See src/store/mail-sweep.ts.
create index mail_forgotten on mail (greatest(arrived_at, read_at))
  where raw is null and file is null and quarantined is null and read_at is not null;
