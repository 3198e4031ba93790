create schema work_orders;

create table work_orders.daily_number (
    day  date primary key,
    last integer not null
);

create table work_orders.work_order (
    order_no       text primary key,
    contact        uuid not null unique,
    kind           text not null,
    category       text not null,
    category_name  text not null,
    title          text not null,
    content        text not null,
    district       text not null,
    place          text not null,
    occurred       text not null,
    wish           text not null,
    caller_name    text not null,
    callback_phone text not null,
    caller_phone   text not null,
    direct         boolean not null,
    confidential   boolean not null,
    stage          text not null,
    unit           text,
    replied        boolean not null default false,
    followed_up    boolean not null default false,
    reply          text,
    created_at     timestamptz not null,
    due_at         timestamptz,
    closed_at      timestamptz
);
create index on work_orders.work_order (caller_phone) where caller_phone <> '';
create index on work_orders.work_order (callback_phone) where callback_phone <> '';
create index on work_orders.work_order (unit, stage);
create index on work_orders.work_order (created_at);

create table work_orders.stage_entry (
    event_id uuid primary key,
    order_no text not null references work_orders.work_order,
    stage    text not null,
    at       timestamptz not null,
    actor    text not null,
    actor_name text not null,
    text     text not null
);
create index on work_orders.stage_entry (order_no, at);

create table work_orders.internal_note (
    id       bigint generated always as identity primary key,
    order_no text not null references work_orders.work_order,
    at       timestamptz not null,
    actor    text not null,
    text     text not null
);
