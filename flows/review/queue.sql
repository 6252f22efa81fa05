-- The cases of the release in review order.
select case_id, lane, title, area_name
from v_case
order by position, case_id
