-- Cases with one of the related subjects, each with its nearest member.
with member as (
    select r.id, m.case_id, r.scope, m.role
    from related r
    join case_member m on m.subject_id = r.subject_id
    where m.rowid in (from rows_of('case_member.subject_id', (select list(subject_id) from related)))
    qualify row_number() over (partition by r.id, m.case_id order by r.place, m.role, m.subject_id) = 1
)
select
    m.id, m.scope, m.role, c.case_id, c.lane, c.position, c.position_reason, c.title, c.families,
    c.indicators, c.flags_n,
    c.first_seen_on,
    row_number() over (partition by m.id order by c.position, c.case_id) as row_no
from member m
join v_case c on c.case_id = m.case_id
