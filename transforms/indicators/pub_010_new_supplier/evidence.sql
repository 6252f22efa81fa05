with
-- The first payments, a hundred at most.
counted as (
    select
        s.payee_id,
        f.statement_id,
        row_number() over (partition by s.payee_id order by f.flowed_on, f.statement_id) as nth
    from sums s
    join company c on c.company_id = s.payee_id
    join flow f
        on f.payer_id = s.payer_id
        and f.payee_id = s.payee_id
        and f.currency = s.currency
        and f.kind = 'payment'
        and f.status = 'paid'
        and f.cancels is null
        and f.cancelled_by is null
        and date_diff('day', s.first_on, f.flowed_on) between 0 and 364
        and f.flowed_on <= $as_of
    where date_diff('day', c.incorporated_on, s.first_on) between 0 and $days - 1
        and s.received >= $amount
)
select
    payee_id as subject_id, 'payment' as role, statement_id, 'flow_statement.amount' as field
from counted
where nth <= 100
union all
select company_id, 'company incorporated', statement_id, 'entity_statement.incorporated_on'
from company
where company_id in (select payee_id from counted)
