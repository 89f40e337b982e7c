-- Whom the table of the configuration (`people:`) names. A person it named, and names no more, has left.
-- People of other imports and of the directory service were never named by it: their rows stay false.
alter table employee add column listed boolean not null default false;
