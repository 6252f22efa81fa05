select person_id as id, full_name as name, person_type, birth_year, birth_month, statements_n
from v_person
where person_id in (select unnest($ids))
order by person_id
