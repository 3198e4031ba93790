-- Confidence is a matter's; a contact is confidential while one of its matters is. Until now a contact had one.
alter table analytics.confidential add column matter uuid;
update analytics.confidential set matter = contact;
alter table analytics.confidential drop constraint confidential_pkey;
alter table analytics.confidential add primary key (matter);
create index on analytics.confidential (contact) where confidential;
