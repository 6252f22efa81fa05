with held_title as ({held_titles})
select
    *,
    row_number() over (
        partition by id order by through nulls first, ended_on nulls first, title_id, position
    ) as row_no
from held_title
where {in_area}
