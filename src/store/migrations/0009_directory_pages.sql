-- What merging, taking back and the queue of strangers ask of the history; and that no contact ends at a client that is gone
-- into another.

-- The client that stands for this one: itself, or the last of those it was merged into.
create function surviving_client(asked uuid) returns uuid language sql stable as $$
  with recursive way as (
    select id, merged_into, 1 as n from client where id = asked
    union all
    select c.id, c.merged_into, way.n + 1 from way join client c on c.id = way.merged_into where way.n < 100
  )
  select id from way order by n desc limit 1
$$;

-- The client and all that were merged into it: their histories are one.
create function client_family(asked uuid) returns setof uuid language sql stable as $$
  with recursive family as (
    select id, 1 as n from client where id = asked
    union all
    select c.id, family.n + 1 from family join client c on c.merged_into = family.id where family.n < 100
  )
  select id from family
$$;

-- A contact may be matched to a client at the moment in which that client is merged into another: the merge holds the row, this
-- waits for it and then reads where the client has gone. Without it the contact would stay behind where nobody looks.
create function contact_follows_merge() returns trigger language plpgsql as $$
declare gone_into uuid;
begin
  loop
    select merged_into into gone_into from client where id = new.client_id for key share;
    exit when gone_into is null;
    new.client_id := gone_into;
  end loop;
  return new;
end $$;
create trigger contact_follows_merge before update of client_id on contact for each row
  when (new.client_id is not null and new.client_id is distinct from old.client_id) execute function contact_follows_merge();
create trigger contact_begins_at_survivor before insert on contact for each row
  when (new.client_id is not null) execute function contact_follows_merge();

create index contact_of_person on contact (person_id) where person_id is not null;
-- The queue of strangers: newest first, without what people have settled.
create index contact_stranger on contact (started_at desc)
  where client_id is null and not client_by_hand and merged_into is null and outside_norm is not null
    and direction <> 'internal' and state not in ('dismissed', 'automatic');
-- A set that was made together with a save of a contact is taken back with it.
create index change_set_with_save on change_set ((facts ->> 'contact')) where facts ->> 'contact' is not null;
