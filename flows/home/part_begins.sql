-- The key from which each of {parts_n} parts of the rows begins, by a sample of them.
create or replace temp table part_begins as
with sampled as (
    select row({key}) as key
    from ({rows})
    using sample reservoir(20000 rows) repeatable (1)
),
parted as (
    select key, ntile({parts_n}) over (order by key) - 1 as part_no from sampled
)
select part_no, first(key order by key) as begins
from parted
group by part_no
