-- Matching asks for every contact whether one of the candidates has an open plan, and closes the missed calls of a client:
-- both must not read a history of ten thousand contacts.
create index contact_planned on contact (client_id) where state = 'planned' and merged_into is null;
create index contact_waiting_client on contact (client_id) where call_back;
-- A re-import asks for all points of a client and of his people at once.
create index person_client on person (client_id);
