select
    company_id as subject_id,
    case when changes_n >= $n then 'flagged' else 'not_flagged' end as state,
    cast(null as varchar) as reason,
    cast(null as varchar) as subtype,
    cast(changes_n as double) as value,
    'changes' as unit,
    cast($n as double) as threshold,
    cast(null as bigint) as peer_n,
    $months as months,
    owners_n,
    directors_n,
    seats_n,
    first_on,
    last_on
from churn
