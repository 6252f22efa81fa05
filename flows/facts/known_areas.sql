-- Every name and official code of a district in the release.
select distinct area
from (
    select unnest([area_name, area_code]) as area from v_flag
    union all
    select unnest([area_name, area_code]) from v_title
    union all
    select unnest([area_name, area_code]) from v_area
)
where area is not null
order by area
