select person_id, full_name, birth_year, birth_month
from person
where rowid in (select row_no from person_name where {condition})
order by person_id
