-- Flags of a case, or of a subject in no case, with their indicators: strong ones first.
select f.*, i.title, i.data_quality, i.base_rate, i.n_flagged, i.n_not_flagged
from v_flag f
join v_indicator i on i.code = f.indicator
where f.state = 'flagged' and {column} in (select unnest($ids))
order by
    i.data_quality, f.weak, f.indicator, f.subject_name nulls last, f.subject_id,
    f.subtype nulls first, f.flag_id
