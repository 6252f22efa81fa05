-- Flags of the release that say not to pay: on a list, or owned or controlled by who is.
select f.indicator, f.subject_id, f.lane, f.explanation, f.explanation_nl
from v_flag f
where f.state = 'flagged' and f.indicator = 'LNK-010' and f.subject_id in (select unnest($ids))
order by f.indicator, f.subject_id, f.flag_id
