select
    f.indicator,
    f.subject_id,
    f.case_id,
    f.state,
    f.subtype,
    f.reason,
    f.explanation,
    f.value,
    f.unit,
    f.threshold,
    f.parameters,
    n.base_rate,
    f.as_of,
    f.first_seen_on
from v_flag f
left join v_indicator n on n.code = f.indicator
where f.flag_id = ?
