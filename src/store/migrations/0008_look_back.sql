-- Whose contact it was, asked again: a contact point that is new, changed or taken back is looked for in the past.

-- The machine named the client after people had completed the contact: it is no client that anybody saw and left, so what the
-- machine made the machine may take back. Saved again by a person, the client is one that was seen.
alter table contact add column client_late boolean not null default false;

-- A person has said what there is to say of it; what a program sent stays `automatic` all the same.
create function is_done(c contact) returns boolean language sql immutable as $$
  select c.state in ('completed', 'dismissed') or c.completed_at is not null
$$;

-- Does the client stand, whatever the machine finds? Chosen by a person, "none" included; or seen by people when they
-- completed or dismissed the contact.
create function client_is_kept(c contact) returns boolean language sql immutable as $$
  select c.client_by_hand or is_done(c) and c.client_id is not null and not c.client_late
$$;

-- Said to be private by a person: nobody but the owner and who talked may learn that it exists. Whoever says it of a draft
-- says it of the mails that are asked about with it.
create function is_private(c contact) returns boolean language sql stable as $$
  select c.state = 'dismissed' and c.outcome_by_hand is not distinct from 'private'
      or c.joined_to is not null and c.state = 'bare'
         and exists (select from contact j
                      where j.id = c.joined_to and j.state = 'dismissed' and j.outcome_by_hand = 'private')
$$;

-- The contacts of a domain and of all domains below it stand side by side: kyiv.acme.example reads elpmaxe.emca.vyik.
drop index contact_domain;
create index contact_domain on contact (reverse(split_part(outside_norm, '@', 2)) collate "C")
  where merged_into is null and outside_kind = 'email';

-- A look back that was broken off goes on in the set it began.
create index change_set_look_back on change_set ((facts ->> 'point'))
  where kind = 'rematch' and facts ->> 'isThrough' = 'false';

-- What is never captured is asked for at every batch.
drop index contact_point_never;
create index contact_point_never on contact_point (kind, address) where never_capture;
