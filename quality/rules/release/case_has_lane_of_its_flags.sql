-- review_case has the gravest lane of its flags; look needs two families
with
    of_flags as (
        select
            case_id,
            min(list_position(['stop', 'act', 'look', 'data'], lane)) as rank,
            count(distinct family) filter (where lane <> 'data') as families_n
        from flag
        where state = 'flagged' and case_id is not null
        group by case_id
    )
select case_id
from {batch}
where (case_id, lane) not in (
    select case_id, ['stop', 'act', 'look'][rank]
    from of_flags
    where rank < 3 or (rank = 3 and families_n >= 2)
)
