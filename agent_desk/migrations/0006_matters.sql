-- A contact may have several matters, each with a form of its own. Until now it had one, which gets the contact's own id.
alter table agent_desk.draft add column matter uuid, add column opened_at timestamptz;
update agent_desk.draft set matter = contact, opened_at = saved_at;
alter table agent_desk.draft drop constraint draft_pkey;
alter table agent_desk.draft add primary key (matter);
alter table agent_desk.draft alter column opened_at set not null;
create index on agent_desk.draft (contact, opened_at);

-- Confidence is a matter's; a contact is confidential while one of its matters is.
alter table agent_desk.confidential add column matter uuid;
update agent_desk.confidential set matter = contact;
alter table agent_desk.confidential drop constraint confidential_pkey;
alter table agent_desk.confidential add primary key (matter);
create index on agent_desk.confidential (contact) where confidential;
