-- case_member.flags_n counts its flags
select case_id, subject_id
from {batch}
where
    (role = 'flagged') <> (flags_n > 0)
    or (
        flags_n > 0
        and (case_id, subject_id, flags_n) not in (
            select case_id, subject_id, count(*)
            from flag
            where case_id is not null
            group by case_id, subject_id
        )
    )
