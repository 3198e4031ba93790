-- All that is on the form, and at which revision each field last changed, so that two pages merge field by field.
alter table agent_desk.draft
    add column confidential boolean not null default false,
    add column reply        text not null default '',
    add column way          text not null default '',
    add column changed      jsonb not null default '{}';

update agent_desk.draft
set changed = coalesce((select jsonb_object_agg(name, revision) from jsonb_object_keys(fields) name), '{}');
