-- The running city's telephony: each published version whole, under its number. A version never changes; going back is a new one.
create schema telephony;

create table telephony.published_settings (
    number     integer primary key check (number > 0),
    at         timestamptz not null,
    by_account uuid not null,
    note       text not null,
    snapshot   jsonb not null
);

create function telephony.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'a published version of the running city never changes: %', old.number;
end $$;

create trigger published_versions_never_change
    before update or delete on telephony.published_settings
    for each row execute function telephony.refuse_change();
