-- Number of titles outside the chosen areas, and of titles without a known district.
with held_title as ({held_titles})
select
    id,
    count(distinct title_id) filter (
        where not coalesce({in_area}, false) and coalesce(area_name, area_code) is not null
    ) as elsewhere_n,
    count(distinct title_id) filter (where area_name is null and area_code is null) as no_district_n,
    1 as row_no
from held_title
group by id
