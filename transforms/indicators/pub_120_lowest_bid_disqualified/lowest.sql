-- The lowest submitted bid of each process; if several have that price, one that was not disqualified.
with ranked as (
    select
        *,
        count(distinct currency) over (partition by process_id) as currencies_n,
        row_number() over (
            partition by process_id
            order by amount, case when status = 'disqualified' then 1 else 0 end, statement_id
        ) as place
    from bid
    where status in ('pending', 'valid', 'disqualified') and amount is not null and currency is not null
)
select
    process_id, amount, currency, currencies_n, bidder_name, statement_id,
    status = 'disqualified' as is_disqualified
from ranked
where place = 1
