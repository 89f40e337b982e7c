-- What the pages and the prompts need beyond the bones.

-- All changes one person made by one press of a button share the contact's version after it; undo takes them back together.
alter table change add column edit integer;
create index change_edit on change (entity_id, edit) where edit is not null;

-- A prompt is being sent by one worker until then: two workers must not mail the same link twice.
alter table prompt add column claimed_until timestamptz;
create index prompt_of_employee on prompt (employee_id, created_at);

create index session_of_employee on session (employee_id);
create index sign_in_of_employee on sign_in (employee_id);
create index gap_recent on gap (until desc);
