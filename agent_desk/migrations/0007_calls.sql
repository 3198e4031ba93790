-- A contact may have several calls, each with its own words, participants and recording. Until now its row was one call.
create table agent_desk.call (
    call         uuid primary key,
    contact      uuid not null,
    caller_phone text not null default '',
    dialled      text not null default '',
    line_name    text not null default '',
    accepted_at  timestamptz not null,
    connected_at timestamptz,
    ended_at     timestamptz,
    seat         text,
    agent        uuid,
    reason       text,
    record_host  text,
    record_name  text,
    samples      bigint
);
insert into agent_desk.call
    select call, contact, caller_phone, dialled, line_name, accepted_at, connected_at, ended_at, seat, agent, reason,
        record_host, record_name, samples
    from agent_desk.contact;
create index on agent_desk.call (contact, accepted_at);
create index on agent_desk.call (accepted_at) where record_name is not null;
create index on agent_desk.call (caller_phone) where caller_phone <> '';

-- What is left of a contact: who asks, and since when.
alter table agent_desk.contact rename column caller_phone to identity;
alter table agent_desk.contact rename column accepted_at to begun_at;
alter table agent_desk.contact
    add column channel text not null default 'phone',
    drop column call, drop column dialled, drop column line_name, drop column connected_at, drop column ended_at,
    drop column seat, drop column agent, drop column reason, drop column record_host, drop column record_name,
    drop column samples;

alter table agent_desk.utterance add column call uuid;
update agent_desk.utterance u set call = coalesce((u.data ->> 'call')::uuid, (select c.call from agent_desk.call c
    where c.contact = u.contact)) where jsonb_typeof(u.data) = 'object';
drop index agent_desk.utterance_contact_start_ms_idx;
create index on agent_desk.utterance (contact, call, start_ms);

-- A contact is that of the people who took part, not of the seat they had.
create index on agent_desk.participant (contact, agent) where agent is not null;
create index on agent_desk.participant (agent, joined_at desc) where agent is not null;
