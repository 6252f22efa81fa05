-- The cases that each of these subjects is in, in review order.
select
    m.subject_id, m.role, c.case_id, c.position, c.position_reason, c.title, c.lane, c.families, c.flags_n,
    c.subjects_n
from v_case_member m
join v_case c on c.case_id = m.case_id
where m.subject_id in (select unnest($ids))
order by m.subject_id, c.position
