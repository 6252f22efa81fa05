-- By how much the lowest valid bid of another bidder exceeded the winner's, if one award went to one supplier
-- and the winner's bid was the lowest. Joint bids of several parties are not compared.
with valid as (
    select
        b.process_id, b.amount, b.currency, b.statement_id, b.bidder_name,
        b.bidder_ref = o.winner_ref as is_winner
    from bid b
    join process_outcome o using (process_id)
    where b.status = 'valid'
        and b.partners_n = 1
        and b.amount > 0
        and b.bidder_ref is not null
        and o.undecided_n = 0
        and o.active_n = 1
        and o.suppliers_n = 1
        and o.winner_ref is not null
),
ranked as (
    select
        *,
        row_number() over (
            partition by process_id, is_winner, currency order by amount, statement_id
        ) as place,
        count(distinct currency) over (partition by process_id) as currencies_n
    from valid
)
select
    w.process_id,
    w.currency,
    w.amount as won_at,
    n.amount as next_at,
    cast(n.amount - w.amount as double) / nullif(cast(w.amount as double), 0) as gap,
    w.statement_id as won_statement_id,
    n.statement_id as next_statement_id
from ranked w
join ranked n on n.process_id = w.process_id and not n.is_winner and n.place = 1
where w.is_winner and w.place = 1 and w.currencies_n = 1 and n.amount >= w.amount
