alter table agent_desk.session
    add column session uuid not null default gen_random_uuid(),
    add column used_at timestamptz not null default now(),
    add column idle_s  integer,
    add column source  text not null default '';
create unique index on agent_desk.session (session);
create index on agent_desk.session (account);

create table agent_desk.known_source (
    account uuid not null references agent_desk.account on delete cascade,
    source  text not null,
    seen_at timestamptz not null,
    primary key (account, source)
);
