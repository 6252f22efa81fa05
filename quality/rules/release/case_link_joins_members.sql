-- case_link joins members
with
    members as (
        select case_id, subject_id
        from case_member
        where case_id is not null and subject_id is not null
    )
select case_id, from_id, to_id
from {batch}
where
    (case_id, from_id) not in (select case_id, subject_id from members)
    or (case_id, to_id) not in (select case_id, subject_id from members)
