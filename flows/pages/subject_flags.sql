-- Flags of a case, or of a subject in no case, with their indicators: the gravest lane first.
select f.*, i.title, i.title_nl, i.base_rate, i.n_flagged, i.n_not_flagged
from flag f
join v_indicator i on i.code = f.indicator
where f.state = 'flagged' and f.rowid in (from rows_of('flag.{column}', $ids))
order by
    list_position(['stop', 'act', 'look', 'data'], f.lane), f.indicator, f.subtype nulls first,
    f.subject_name nulls last, f.subject_id, f.flag_id
