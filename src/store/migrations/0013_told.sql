-- Programs that keep a copy hear of everything that happened to it, whoever did it; and private mail leaves their copies.

-- Does anybody hear of such events: a target that wants them, or a program that asks for what happened? What nobody hears of
-- need not be written down: a look back moves a hundred thousand contacts.
create function is_told(asked text) returns boolean language sql stable as $$
  select exists (select from webhook_target t where t.state <> 'removed' and asked = any (t.events))
      or exists (select from api_token t where t.revoked_at is null and t.expires_at > now() and 'events:read' = any (t.scopes))
$$;

-- The mails that are asked about with a draft are private with it: what programs see of them changes at the same moment.
create index contact_joined on contact (joined_to) where joined_to is not null;
create function joined_are_updated() returns trigger language plpgsql as $$
begin
  update contact set updated_at = now() where joined_to = new.id and merged_into is null;
  return null;
end $$;
create trigger contact_privacy after update of state, outcome_by_hand on contact for each row
  when ((old.state = 'dismissed' and old.outcome_by_hand is not distinct from 'private')
        <> (new.state = 'dismissed' and new.outcome_by_hand is not distinct from 'private'))
  execute function joined_are_updated();

-- One line of a client's history for each look back at the past that gave him contacts or took some away, and for its
-- taking back: the set has up to a hundred thousand rows.
create table client_moves (
  client_id uuid not null references client on delete cascade,
  set_id    bigint not null references change_set on delete cascade,
  at        timestamptz not null,
  came      integer not null,
  went      integer not null,
  primary key (client_id, set_id)
);
create index client_moves_by_time on client_moves (client_id, at desc);
-- A contact that was given to another client stands in the history of the one it left, too.
create index change_left_client on change ((old ->> 'id'), at desc) where entity = 'contact' and field = 'client';
