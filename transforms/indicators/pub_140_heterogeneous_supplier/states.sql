with measured as (
    select
        m.subject_id,
        m.value,
        f.q3,
        ceil(f.q3 + $fence * (f.q3 - f.q1)) as fence
    from procurement_measure m
    join procurement_fence f using (measure)
    join entity e on e.entity_id = m.subject_id
    where m.measure = 'divisions'
)
select
    subject_id,
    case when value >= fence and value > q3 then 'flagged' else 'not_flagged' end as state,
    value,
    'divisions' as unit,
    fence as threshold
from measured
