create schema agent_desk;

create table agent_desk.account (
    account       uuid primary key,
    login         text not null unique,
    name          text not null,
    role          text not null,
    seat          text unique,
    unit          text,
    skills        text[] not null default '{}',
    password_hash text not null,
    active        boolean not null default true
);

create table agent_desk.session (
    token_digest bytea primary key,
    account      uuid not null references agent_desk.account on delete cascade,
    created_at   timestamptz not null,
    expires_at   timestamptz not null
);
create index on agent_desk.session (expires_at);

create table agent_desk.contact (
    contact      uuid primary key,
    call         uuid not null,
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
create index on agent_desk.contact (accepted_at desc);
create index on agent_desk.contact (caller_phone) where caller_phone <> '';

create table agent_desk.utterance (
    event_id   uuid primary key,
    contact    uuid not null,
    start_ms   integer not null,
    data       jsonb not null
);
create index on agent_desk.utterance (contact, start_ms);

create table agent_desk.draft (
    contact  uuid primary key,
    revision integer not null,
    fields   jsonb not null,
    account  uuid not null,
    saved_at timestamptz not null
);

create table agent_desk.callback (
    contact      uuid primary key,
    caller_phone text not null,
    line_name    text not null,
    abandoned_at timestamptz not null,
    waited_s     double precision not null,
    done_at      timestamptz,
    done_by      text
);
create index on agent_desk.callback (abandoned_at desc) where done_at is null;
