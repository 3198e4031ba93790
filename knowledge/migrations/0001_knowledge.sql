-- Entries of the knowledge base. A published version never changes; a correction is a new version.
create schema knowledge;

create table knowledge.entry (
    code      text primary key,
    version   integer not null,
    title     text not null unique deferrable initially deferred
);

create table knowledge.entry_version (
    code           text not null references knowledge.entry deferrable initially deferred,
    version        integer not null,
    checksum       text not null,
    category       text not null,
    effective_from date not null,
    effective_to   date,
    review_due     date,
    content        jsonb not null,
    published_at   timestamptz not null,
    primary key (code, version),
    check (effective_to is null or effective_to >= effective_from)
);
create index on knowledge.entry_version (effective_to) where effective_to is not null;
create index on knowledge.entry_version (review_due) where review_due is not null;

create function knowledge.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'a published version of a knowledge entry never changes: % version %', old.code, old.version;
end $$;

create trigger published_versions_never_change
    before update or delete on knowledge.entry_version
    for each row execute function knowledge.refuse_change();
