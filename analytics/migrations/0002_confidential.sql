-- Contacts whose words are not shown: their callers want to stay unknown.
create table analytics.confidential (
    contact      uuid primary key,
    confidential boolean not null
);
