-- Flags of $indicators by district: first seen in the first and second half of the time before ($start to
-- $date, cut at $half), and after it until $until. first_on: of all such flags, the first day on which any
-- was seen, which is that of the first edition held.
select
    area_name,
    area_code,
    count(*) filter (where first_seen_on >= $start and first_seen_on < $half) as early_n,
    count(*) filter (where first_seen_on >= $half and first_seen_on < $date) as late_n,
    count(*) filter (where first_seen_on >= $date and first_seen_on < $until) as after_n,
    min(min(first_seen_on)) over () as first_on
from v_flag
where state = 'flagged' and list_contains($indicators, indicator)
group by area_name, area_code
order by area_name, area_code
