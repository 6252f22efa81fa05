-- A release of an earlier version has no explanation_nl.
select
    f.indicator,
    f.subject_id,
    f.case_id,
    f.state,
    f.subtype,
    f.reason,
    columns('^explanation(_nl)?$'),
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
