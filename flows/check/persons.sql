select person_id, full_name, birth_year, birth_month
from person
where person_type = 'knownPerson' and full_name is not null
order by person_id
