select m.subject_id, m.subject_type, coalesce(m.subject_name, p.full_name) as name, m.role, m.flags_n
from v_case_member m
left join v_person p on p.person_id = m.subject_id
where m.case_id = $case
order by m.subject_id
