-- Flags on subjects whose district nobody knows: they are in no area, and so in no report that chooses areas.
select count(*) filter (where area_name is null) as unplaced_n, count(*) as flags_n
from v_flag
where state = 'flagged'
