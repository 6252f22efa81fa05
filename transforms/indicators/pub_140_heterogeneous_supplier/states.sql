with outcomes as (
    select
        m.subject_id,
        case when m.value >= ceil(f.q3 + $fence * (f.q3 - f.q1)) and m.value > f.q3 then 'hit' else 'miss' end
            as outcome,
        m.value,
        ceil(f.q3 + $fence * (f.q3 - f.q1)) as fence
    from procurement_measure m
    join procurement_fence f using (measure)
    join entity e on e.entity_id = m.subject_id
    where m.measure = 'divisions'
)
select
    subject_id,
    case
        when outcome = 'hit' then 'flagged'
        when outcome = 'miss' then 'not_flagged'
        else 'not_assessable'
    end as state,
    case when outcome not in ('hit', 'miss') then outcome end as reason,
    cast(case when outcome in ('hit', 'miss') then value end as double) as value,
    'divisions' as unit,
    cast(fence as double) as threshold
from outcomes
