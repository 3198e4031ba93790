-- Names said in the talk, which a confidential order hides like the name of the form.
alter table work_orders.work_order add column said_names text[] not null default '{}';

-- Which account was shown which order with name and number, so that the audit has the first look of each once.
create table work_orders.shown_in_full (
    order_no text not null references work_orders.work_order,
    account  uuid not null,
    primary key (order_no, account)
);
