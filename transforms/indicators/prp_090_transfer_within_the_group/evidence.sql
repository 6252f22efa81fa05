with hits as (
    select l.*, w.is_determined, w.worth_statement_id, w.earlier_statement_id
    from linked l
    join "transaction" x on x.transaction_id = l.transaction_id and x.price > 0 and x.category = 'standard'
    join worth w on w.left_statement_id = l.left_statement_id and w.statement_id = l.statement_id
    where l.link is not null
        and date_diff('day', l.shown_on, l.left_by) <= 31
        and round(abs(100 * (cast(x.price as double) / nullif(w.worth, 0) - 1)), 6) > $pct
)
select
    title_id as subject_id, 'sum of the deed' as role, statement_id,
    'proprietorship_statement.deed_sum_eur' as field
from hits
union all
select title_id, 'proprietor added', statement_id, 'proprietorship_statement.added_on' from hits
union all
select title_id, 'proprietor before', left_statement_id, 'proprietorship_statement.title_id' from hits
union all
select title_id, 'value that the municipality determined', worth_statement_id, 'valuation_statement.value_eur'
from hits
where is_determined
union all
select title_id, 'sum of the deed before', earlier_statement_id, 'proprietorship_statement.deed_sum_eur'
from hits
where not is_determined
union all
select h.title_id, 'interest that joins them', e.interest_id, 'interest_statement.share_min'
from (
    select title_id, left_id as company_id from hits
    union
    select title_id, came_id from hits
) h
join graph_edge e on e.subject_id = h.company_id and e.interest_id is not null
