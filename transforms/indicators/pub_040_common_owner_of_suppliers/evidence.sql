with shared as (
    select control_group_id, payer_id, category, currency
    from suppliers
    group by control_group_id, payer_id, category, currency
    having count(*) >= $n
),
lines as (
    select
        s.control_group_id,
        s.payee_id,
        f.statement_id,
        row_number() over (
            partition by s.control_group_id, s.payee_id order by f.flowed_on desc, f.statement_id
        ) as nth
    from suppliers s
    join shared using (control_group_id, payer_id, category, currency)
    join flow f
        on f.payee_id = s.payee_id
        and f.payer_id = s.payer_id
        and f.category = s.category
        and f.currency = s.currency
    where f.kind = 'payment' and f.status = 'paid' and f.flowed_on <= $as_of
),
tied as (
    select distinct control_group_id as subject_id, payee_id as company_id, control_group_id as shared_id
    from lines
)
select
    control_group_id as subject_id, 'payment' as role, statement_id, 'flow_statement.amount' as field
from lines
where nth <= 20
union all
select distinct t.subject_id, 'interest that joins them', i.interest_id, 'interest_statement.share_min'
from tied t
join group_interest i using (company_id, shared_id)
