with hits as (
    select l.*, w.is_determined, w.worth_statement_id, w.earlier_statement_id
    from linked l
    join "transaction" x on x.transaction_id = l.transaction_id and x.price > 0 and x.category = 'standard'
    join worth w on w.left_statement_id = l.left_statement_id and w.statement_id = l.statement_id
    where l.link is not null
        and date_diff('day', l.shown_on, l.left_by) <= 31
        and round(abs(100 * (cast(x.price as double) / nullif(w.worth, 0) - 1)), 6) > $pct
),
tied as (
    select distinct h.title_id as subject_id, unnest([h.left_id, h.came_id]) as company_id, a.shared_id
    from hits h
    join company_tie a on a.company_id = h.left_id and a.link = h.link
    join company_tie b on b.company_id = h.came_id and b.link = h.link and b.shared_id = a.shared_id
),
joining as (
    select t.subject_id, i.interest_id
    from tied t
    join group_interest i using (company_id, shared_id)
    union
    select t.subject_id, unnest(u.witness)
    from tied t
    join graph_ubo u on u.subject_id = t.company_id and u.party_id = t.shared_id
    where u.regime in ('AMLR', 'UK') and u.verdict in ('CERTAIN', 'POSSIBLE')
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
select subject_id, 'interest that joins them', interest_id, 'interest_statement.share_min'
from joining
