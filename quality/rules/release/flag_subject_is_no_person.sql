-- flag.subject_id is never a person
-- data: No flag is about a natural person.
select flag_id
from {batch}
where subject_id in (select person_id from person where person_id is not null)
