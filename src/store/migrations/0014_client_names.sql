-- A client is found by the name it bears now, not by the one it was made under: `key` stays what an importer first knew it by.

-- As `fold` of the program folds names: case, spaces, quotes and punctuation at the ends do not matter.
create function folded(name text) returns text language sql immutable strict parallel safe as $$
  select regexp_replace(
           regexp_replace(regexp_replace(lower(normalize(name, NFKC)), '["''`«»“”„’‘]', '', 'g'), '\s+', ' ', 'g'),
           '^[\s*:.]+|[\s*:]+$', '', 'g')
$$;
create index client_called on client (folded(name));
