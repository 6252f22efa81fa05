-- Every indicator with its counts in the whole release, its flags in the chosen areas, and the lanes of
-- these, which may differ from the indicator's.
with of_flags as (
    select indicator, count(*) as flags_n, list(distinct lane) as lanes
    from v_flag
    where state = 'flagged' and {in_area}
    group by indicator
)
select
    i.code, i.title, i.title_nl, i.n_flagged, i.n_not_flagged, i.n_not_assessable, i.n_dwellings_flagged,
    i.base_rate,
    coalesce(f.flags_n, 0) as flags_n,
    [
        lane
        for lane in ['stop', 'act', 'look', 'data']
        if list_contains(coalesce(f.lanes, [i.lane]), lane)
    ] as lanes
from v_indicator i
left join of_flags f on f.indicator = i.code
order by i.code
