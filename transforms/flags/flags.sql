-- Rows of FLAG, from `flag_part`, which has all columns but `first_seen_on`: the day on which all facts of
-- the flag first existed. A subquery and not a join, because DuckDB would expect few flags and hold those in
-- memory, not the days.
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
