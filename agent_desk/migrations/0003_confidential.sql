-- Contacts whose callers want to stay unknown: a projection of the log, so that it is true of a contact and not of a page.
create table agent_desk.confidential (
    contact      uuid primary key,
    confidential boolean not null
);

-- Who took a person to call back in hand.
alter table agent_desk.callback
    add column claimed_by   uuid,
    add column claimed_name text not null default '';
