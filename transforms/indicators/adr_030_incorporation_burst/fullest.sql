-- The 7 days with the most incorporations at each unit among those that end within the last `days` days; if
-- equal, the latest.
with counted as (
    select
        *,
        count(*) over (
            partition by unit_id order by day_no range between 6 preceding and current row
        ) as founded_n,
        min(day_no) over (partition by unit_id) as first_no
    from founded
    where unit_id in (select unit_id from founded group by unit_id having count(*) >= $n)
),
ranked as (
    select
        *,
        row_number() over (partition by unit_id order by founded_n desc, day_no desc, company_id) as best
    from counted
    where date_diff('day', incorporated_on, $as_of) < $days
)
select unit_id, incorporated_on as last_on, day_no, founded_n, day_no - 6 as from_no, first_no
from ranked
where best = 1 and founded_n >= $n
