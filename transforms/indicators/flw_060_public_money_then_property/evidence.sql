with bought as (
    select
        f.payee_id, p.title_id, p.party_id as buyer_id, p.added_on, p.statement_id,
        t.statement_id as title_statement_id
    from (select payee_id, min(flowed_on) as first_on from flow where amount > 0 group by payee_id) f
    join beside b on b.company_id = f.payee_id
    join proprietorship p on p.party_id = b.buyer_id
    join title t using (title_id)
    where p.added_on >= f.first_on and p.added_on <= $as_of
),
lines as (
    select
        w.payee_id,
        f.statement_id,
        row_number() over (partition by w.payee_id order by f.flowed_on desc, f.statement_id) as nth
    from (select payee_id, max(added_on) as last_on from bought group by payee_id) w
    join flow f
        on f.payee_id = w.payee_id
        and f.status = 'paid'
        and f.kind in ('payment', 'subsidy')
        and date_diff('day', f.flowed_on, w.last_on) between 0 and $days
)
select
    payee_id as subject_id, 'public money' as role, statement_id, 'flow_statement.amount' as field
from lines
where nth <= 100
union all
select payee_id, 'proprietor added', statement_id, 'proprietorship_statement.added_on' from bought
union all
select payee_id, 'price paid', title_statement_id, 'title_statement.price_paid_gbp' from bought
union all
select w.payee_id, 'interest that joins them', e.interest_id, 'interest_statement.share_min'
from (
    select distinct payee_id, unnest([payee_id, buyer_id]) as held_id from bought where payee_id <> buyer_id
) w
join graph_edge e on e.subject_id = w.held_id and e.interest_id is not null
