-- Labels of people's sets of changes are addresses, names and files. Other programs are told ids; what was stored for them with
-- such a label, and is read again by GET /events or sent at a later try, loses it.
update event set data = jsonb_set(data, '{by,label}', 'null')
 where data #>> '{by,label}' is not null and data #>> '{by,via}' is distinct from 'api';
