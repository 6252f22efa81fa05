select person_id, full_name, birth_year, birth_month
from v_person
where person_type = 'knownPerson' and full_name is not null and ({condition})
order by person_id
