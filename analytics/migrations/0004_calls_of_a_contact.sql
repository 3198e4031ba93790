-- A contact may have several calls; each is counted. Until now the second was dropped.
alter table analytics.call_fact drop constraint call_fact_pkey;
alter table analytics.call_fact add primary key (call);
create index on analytics.call_fact (contact, invite_at);
