-- Our own people: whose word an absence is, and drafts that went from one to another.

-- `import`: the table or the directory service said so, and may take it back; `session`: a person did.
alter table absence add column via text not null default 'session' check (via in ('session', 'import', 'api'));
create unique index absence_once on absence (employee_id, since, until);
