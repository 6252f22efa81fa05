-- The 7 days with at least `n` incorporations at each unit, among those that end within the last `days` days.
-- Of those that overlap, the fullest; if equal, the latest.
with counted as (
    select
        unit_id,
        incorporated_on as last_on,
        day_no,
        count(*) over (
            partition by unit_id order by day_no range between 6 preceding and current row
        ) as founded_n,
        min(day_no) over (partition by unit_id) as first_no
    from founded
    where unit_id in (select unit_id from founded group by unit_id having count(*) >= $n)
),
-- The number of incorporations, then the day, in one number that can be compared.
ranked as (
    select distinct *, 100000 * founded_n + day_no as rank_no
    from counted
    where founded_n >= $n and date_diff('day', last_on, $as_of) < $days
),
beside as (
    select
        *,
        max(rank_no) over (
            partition by unit_id order by day_no range between 6 preceding and 6 following
        ) as best_no
    from ranked
)
select unit_id, last_on, day_no, founded_n, day_no - 6 as from_no, first_no
from beside
where rank_no = best_no
