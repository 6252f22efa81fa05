-- Rows of v_flag by state and reason: `rows_n` in the chosen areas, `no_area_n` of unknown area.
select
    indicator, state, subtype, reason,
    count(*) filter (where {in_area}) as rows_n,
    count(*) filter (where area_name is null and area_code is null) as no_area_n
from v_flag
group by indicator, state, subtype, reason
order by indicator, state, subtype nulls first, reason nulls first
