-- What could not be assessed about these subjects.
select indicator, reason, subject_id, subject_name
from flag
where state = 'not_assessable' and rowid in (from rows_of('flag.subject_id', $ids))
order by indicator, reason nulls first, subject_id
