-- What could not be assessed about these subjects.
select indicator, reason, subject_id, subject_name
from v_flag
where state = 'not_assessable' and subject_id in (select unnest($ids))
order by indicator, reason nulls first, subject_id
