-- case_member flagged is never a person
select case_id, subject_id
from {batch}
where role = 'flagged' and subject_type = 'person'
