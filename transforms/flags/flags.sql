-- Rows of FLAG, from `flag_part`, which has all but `first_seen_on`: the day on which all facts of the flag
-- were first there. A subquery and no join: DuckDB would hold the flags, which it takes for few, and not the
-- days.
with seen as (
    select flag_id, max(first_seen_on) as first_seen_on from fact group by flag_id
)
select
    f.* replace (
        case
            when f.state = 'flagged'
                then coalesce((select s.first_seen_on from seen s where s.flag_id = f.flag_id), f.as_of)
        end as first_seen_on
    )
from flag_part f
