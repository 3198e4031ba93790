-- Words are those of a call, whose time they count in; a contact may have several calls.
alter table analytics.spoken_fact add column call uuid;
update analytics.spoken_fact s set call = c.call from analytics.call_fact c where c.contact = s.contact;
drop index analytics.spoken_fact_contact_start_ms_idx;
create index on analytics.spoken_fact (contact, call, start_ms);
