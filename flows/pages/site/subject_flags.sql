-- Flags of each of these subjects, the gravest lane first.
select
    f.subject_id, f.flag_id, f.lane, f.indicator, i.title, i.title_nl, f.subtype, f.explanation,
    f.explanation_nl,
    f.value, f.unit, f.threshold, f.case_id, f.first_seen_on, i.base_rate, i.n_flagged, i.n_not_flagged
from flag f
join v_indicator i on i.code = f.indicator
where f.state = 'flagged' and f.rowid in (from rows_of('flag.subject_id', $ids))
order by
    f.subject_id, list_position(['stop', 'act', 'look', 'data'], f.lane), f.indicator,
    f.subtype nulls first, f.flag_id
