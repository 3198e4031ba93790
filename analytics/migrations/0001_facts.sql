create schema analytics;

-- One row a call that reached its end. Instants are UTC; waits and talk in seconds.
create table analytics.call_fact (
    contact      uuid primary key,
    call         uuid not null,
    origin       text not null,
    line_name    text not null,
    queue        text not null,
    seat         text,
    reason       text not null,
    invite_at    timestamptz not null,
    accepted_at  timestamptz not null,
    queued_at    timestamptz,
    connected_at timestamptz,
    ended_at     timestamptz not null,
    wait_s       double precision not null,
    queue_wait_s double precision,
    talk_s       double precision,
    caller_digest text not null,
    position     bigint not null
);
create index on analytics.call_fact (origin, invite_at);

create table analytics.order_fact (
    order_no      text primary key,
    contact       uuid not null,
    origin        text not null,
    kind          text not null,
    category      text not null,
    category_name text not null,
    leaf          text not null,
    district      text not null,
    place         text not null,
    title         text not null,
    content       text not null,
    direct        boolean not null,
    stage         text not null,
    unit          text not null default '',
    unit_name     text not null default '',
    created_at    timestamptz not null,
    due_at        timestamptz,
    handled_at    timestamptz,
    on_time       boolean,
    satisfied     boolean,
    archived_at   timestamptz,
    position      bigint not null
);
create index on analytics.order_fact (origin, created_at);
create index on analytics.order_fact (contact);

create table analytics.spoken_fact (
    event_id uuid primary key,
    contact  uuid not null,
    party    text not null,
    start_ms integer not null,
    end_ms   integer not null,
    text     text not null
);
create index on analytics.spoken_fact (contact, start_ms);

create table analytics.briefing (
    briefing    uuid primary key,
    title       text not null,
    origin      text not null,
    period_from timestamptz not null,
    period_to   timestamptz not null,
    position    bigint not null,
    issued_at   timestamptz not null,
    issued_by   text not null,
    figures     jsonb not null,
    html        text not null
);
