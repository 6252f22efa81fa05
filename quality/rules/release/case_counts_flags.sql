-- review_case.flags_n counts its flags
select case_id
from {batch}
where (case_id, flags_n) not in (
    select case_id, count(*)
    from flag
    where case_id is not null
    group by case_id
)
