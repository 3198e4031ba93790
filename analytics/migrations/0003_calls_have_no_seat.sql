-- A call may have several agents; who took part in it stands with its legs. No figure read this column.
alter table analytics.call_fact drop column seat;
