-- Flags by the week (its Monday) of their first-seen date, and by lane.
select cast(date_trunc('week', first_seen_on) as date) as week, lane, count(*) as flags_n
from v_flag
where state = 'flagged'
group by all
order by all
