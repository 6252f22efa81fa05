-- A company without a change is also assessed, because without a register of officers nothing is known.
with assessed as (
    select company_id from company where is_active
    union
    select company_id from churn
)
select
    a.company_id as subject_id,
    case when c.changes_n >= $n then 'flagged' else 'not_flagged' end as state,
    coalesce(c.changes_n, 0) as value,
    'changes' as unit,
    $n as threshold,
    $months as months,
    c.owners_n,
    c.directors_n,
    c.seats_n,
    c.first_on,
    c.last_on
from assessed a
left join churn c on c.company_id = a.company_id
