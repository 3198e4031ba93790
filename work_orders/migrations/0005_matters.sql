-- A contact may have several matters, each with one order. Until now it had one, which gets the contact's own id.
alter table work_orders.work_order add column matter uuid;
update work_orders.work_order set matter = contact;
alter table work_orders.work_order alter column matter set not null;
alter table work_orders.work_order add unique (matter);
alter table work_orders.work_order drop constraint work_order_contact_key;
create index on work_orders.work_order (contact, created_at);
