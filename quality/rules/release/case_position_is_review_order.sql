-- review_case.position is the review order
with
    placed as (
        select
            c.case_id,
            c.position,
            row_number() over (
                order by
                    list_position(['stop', 'act', 'look'], c.lane), c.families_n desc, c.rarity desc,
                    coalesce(f.subtype = 'candidate', false), c.first_seen_on, c.case_id
            ) as place
        from {batch} c
        left join flag f on f.flag_id = c.lane_flag_id
    )
select case_id
from placed
where position <> place
