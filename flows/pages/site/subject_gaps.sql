-- What could not be assessed about each of these subjects.
select distinct f.subject_id, f.indicator, i.title, i.title_nl, f.reason
from flag f
join v_indicator i on i.code = f.indicator
where f.state = 'not_assessable' and f.rowid in (from rows_of('flag.subject_id', $ids))
order by f.subject_id, f.indicator, f.reason nulls first
