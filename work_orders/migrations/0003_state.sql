-- Where an order stands, in one word: it decides what may happen next. Until now two flags beside the stage said it.
alter table work_orders.work_order add column state text;
update work_orders.work_order set state = case
    when stage = 'archive' then 'archived'
    when followed_up then 'followed-up'
    when direct and stage = 'handle' then 'answered-directly'
    when replied then 'answered'
    when direct then 'to-close-directly'
    when stage = 'dispatch' then 'in-handling'
    else 'to-dispatch'
end;
alter table work_orders.work_order alter column state set not null, drop column replied, drop column followed_up;
