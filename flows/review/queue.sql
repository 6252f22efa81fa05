-- The cases of the release, or of a theme, in review order.
select case_id, lane, title, area_name
from v_case
where $theme = '' or case_id in (select case_id from v_case_theme where theme = $theme)
order by position, case_id
