-- review_case.position is the review order
with
    placed as (
        select
            case_id,
            position,
            row_number() over (order by families_n desc, rarity desc, first_seen_on, case_id) as place
        from {batch}
    )
select case_id
from placed
where position <> place
