with bidders as (
    select
        s.subject_id,
        s.value as share_won,
        n.counted_n as entered_n,
        f.q1 - $fence * (f.q3 - f.q1) as fence,
        n.value > m.q3 as bids_often
    from procurement_measure s
    join procurement_measure n on n.subject_id = s.subject_id and n.measure = 'processes_entered'
    join procurement_fence f on f.measure = 'share_won'
    join procurement_fence m on m.measure = 'processes_entered'
    join entity e on e.entity_id = s.subject_id
    where s.measure = 'share_won'
)
select
    subject_id,
    case when bids_often and share_won < fence then 'flagged' else 'not_flagged' end as state,
    round(100 * share_won, 9) as value,
    'per cent' as unit,
    round(100 * fence, 9) as threshold,
    entered_n
from bidders
