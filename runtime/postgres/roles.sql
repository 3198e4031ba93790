-- The three roles of a PostgreSQL server of your own; run once by its superuser with psql, in the hotline's database:
--
--   OWNER_PASSWORD=… APPLICATION_PASSWORD=… READER_PASSWORD=… psql -v ON_ERROR_STOP=1 -d hotline -f roles.sql
--
-- hotline_owner applies migrations and erases, hotline_app serves, hotline_reader answers `hotline sql`.
\getenv owner_password OWNER_PASSWORD
\getenv application_password APPLICATION_PASSWORD
\getenv reader_password READER_PASSWORD
create role hotline_owner login password :'owner_password';
create role hotline_app login password :'application_password';
create role hotline_reader login password :'reader_password';
alter role hotline_reader set default_transaction_read_only = on;
alter role hotline_reader set statement_timeout = '60s';
select format('alter database %I owner to hotline_owner', current_database()) \gexec
select format('revoke temporary on database %I from public', current_database()) \gexec
-- What an earlier version made as another user becomes the owner's.
select format('alter schema %I owner to hotline_owner', nspname) from pg_namespace
    where nspname in ('log', 'agent_desk', 'knowledge', 'work_orders', 'analytics', 'telephony') \gexec
select format('alter table %s owner to hotline_owner', c.oid::regclass) from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm')
    and (n.nspname in ('log', 'agent_desk', 'knowledge', 'work_orders', 'analytics', 'telephony') or c.relname = 'hotline_migrations')
    \gexec
select format('alter routine %s owner to hotline_owner', p.oid::regprocedure) from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('log', 'agent_desk', 'knowledge', 'work_orders', 'analytics', 'telephony') \gexec
