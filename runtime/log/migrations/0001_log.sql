-- The log: every durable fact of the house, in one order.
create schema log;

create table log.events (
    position bigint generated always as identity primary key,
    event_id uuid not null unique,
    type text not null,
    contact uuid,
    occurred_at timestamptz not null,
    data jsonb not null
);
create index events_by_contact on log.events (contact, position) where contact is not null;
create index events_by_type on log.events (type, position);

-- The only way in. The lock makes the order of positions the order of commits: a reader that has seen position n
-- will never see a new position below n. It must be the last statement of its transaction.
create function log.append(
    event_ids uuid[], types text[], contacts uuid[], occurred timestamptz[], bodies text[]
) returns bigint language plpgsql as $$
declare
    added bigint;
begin
    perform pg_advisory_xact_lock(12345, 1);
    insert into log.events (event_id, type, contact, occurred_at, data)
    select e.event_id, e.type, e.contact, e.occurred_at, e.body::jsonb
    from unnest(event_ids, types, contacts, occurred, bodies)
        with ordinality as e (event_id, type, contact, occurred_at, body, n)
    order by e.n
    on conflict (event_id) do nothing;
    get diagnostics added = row_count;
    if added > 0 then
        perform pg_notify('hotline_log', '');
    end if;
    return added;
end $$;

-- What came over the bus and could not be read, with the reason; kept whole, because nothing is dropped silently.
create table log.log_refused (
    refused_id bigint generated always as identity primary key,
    refused_at timestamptz not null default now(),
    stream text not null,
    sequence bigint not null,
    subject text not null,
    reason text not null,
    body bytea not null,
    unique (stream, sequence, subject)
);

-- Up to which number a stream is in the log without a gap, so that the next writer keeps its order.
create table log.written (
    stream text primary key,
    sequence bigint not null
);

-- How far each consumer has come. The row moves in the transaction of the consumer's effect.
create table log.consumers (
    name text primary key,
    kind text not null check (kind in ('projection', 'action')),
    position bigint not null default 0,
    moved_at timestamptz not null,
    fault text,
    fault_position bigint
);
