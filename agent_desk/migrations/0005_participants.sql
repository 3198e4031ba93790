-- Who takes part in a call. A contact was that of one seat; from now on it is that of every seat that took part.
create table agent_desk.participant (
    leg       uuid primary key,
    contact   uuid not null,
    call      uuid not null,
    party     text not null,
    seat      text,
    agent     uuid,
    joined_at timestamptz not null,
    left_at   timestamptz
);
create index on agent_desk.participant (contact);
create index on agent_desk.participant (call) where left_at is null;
create index on agent_desk.participant (seat, joined_at desc) where seat is not null;

-- Calls of versions up to 0.1 had one seat; their legs are not known any more, the contact's id stands for the agent's.
insert into agent_desk.participant (leg, contact, call, party, seat, agent, joined_at, left_at)
select contact, contact, call, 'AGENT', seat, agent, connected_at, coalesce(ended_at, connected_at)
from agent_desk.contact where seat is not null and connected_at is not null;
