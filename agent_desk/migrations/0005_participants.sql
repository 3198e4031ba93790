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
