select
    c.unit_id as subject_id,
    case
        when j.outcome = 'hit' then 'flagged'
        when j.outcome = 'fewer_weeks' then 'not_assessable'
        else 'not_flagged'
    end as state,
    case when j.outcome = 'fewer_weeks' then j.outcome end as reason,
    case when j.outcome = 'hit' then 'burst' end as subtype,
    case when j.outcome in ('hit', 'miss') then j.founded_n end as value,
    'companies' as unit,
    $n as threshold,
    j.last_on,
    cast(cast(j.mean as decimal(12, 2)) as varchar) as mean_words,
    thousands(cast(round(1 / nullif(cast($p as double), 0)) as bigint)) as odds_words
from (select distinct unit_id from founded) c
left join burst j on j.unit_id = c.unit_id
