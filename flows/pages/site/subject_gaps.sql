-- What could not be assessed about each of these subjects.
select distinct f.subject_id, f.indicator, i.title, i.title_nl, f.reason
from v_flag f
join v_indicator i on i.code = f.indicator
where f.state = 'not_assessable' and f.subject_id in (select unnest($ids))
order by f.subject_id, f.indicator, f.reason nulls first
