-- The one way in which a fact changes: personal text is taken out, its place, type, instants and identities stay.
-- Only the owner of the tables can do it, and `hotline erase` writes into the audit that it did.
create function log.blanked(body jsonb, names text[]) returns jsonb language plpgsql immutable as $$
begin
    if jsonb_typeof(body) = 'object' then
        return coalesce((
            select jsonb_object_agg(key, case
                when key = any(names) and jsonb_typeof(value) = 'string' then '""'::jsonb
                when key = any(names) and jsonb_typeof(value) = 'array' then '[]'::jsonb
                else log.blanked(value, names) end)
            from jsonb_each(body)
        ), '{}');
    elsif jsonb_typeof(body) = 'array' then
        return coalesce((
            select jsonb_agg(log.blanked(value, names) order by n)
            from jsonb_array_elements(body) with ordinality as e (value, n)
        ), '[]');
    end if;
    return body;
end $$;

create function log.erase_personal(contacts uuid[], names text[]) returns bigint language plpgsql as $$
declare
    erased bigint;
begin
    update log.events set data = log.blanked(data, names)
    where contact = any(contacts) and data <> log.blanked(data, names);
    get diagnostics erased = row_count;
    return erased;
end $$;
revoke execute on function log.erase_personal(uuid[], text[]) from public;
