-- The first $shown flags of each indicator, newest first, then by name. Never by a score: there is none.
select
    *,
    row_number() over (
        partition by indicator
        order by first_seen_on desc, subject_name nulls last, subject_id, subtype nulls first, flag_id
    ) as place
from v_flag
where state = 'flagged' and {in_area}
qualify place <= $shown
order by indicator, place
