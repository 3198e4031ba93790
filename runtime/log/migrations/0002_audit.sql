-- Who did what, when, with which contact. The chain runs over digests only. Words that may be personal (why) lie in a
-- table of their own with the salt of their digest: erasing a row there leaves the chain whole and tells nothing.
create table log.audit (
    number bigint primary key,
    at timestamptz not null,
    account uuid not null,
    what text not null,
    contact uuid,
    words_digest bytea not null,
    chain bytea not null
);
create index audit_by_contact on log.audit (contact) where contact is not null;

create table log.audit_words (
    number bigint primary key references log.audit (number),
    why text not null,
    salt bytea not null
);

create function log.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'The audit is append-only: % on %.% is refused.', tg_op, tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege';
end $$;

create trigger audit_is_append_only before update or delete on log.audit
    for each row execute function log.refuse_change();
create trigger audit_is_not_truncated before truncate on log.audit
    for each statement execute function log.refuse_change();
create trigger audit_words_are_not_rewritten before update on log.audit_words
    for each row execute function log.refuse_change();
