-- Who asked is known by channel and identity; a telephone number is one kind. All orders until now came by telephone.
alter table work_orders.work_order rename column caller_phone to identity;
alter table work_orders.work_order add column channel text not null default 'phone';
alter table work_orders.work_order alter column channel drop default;
