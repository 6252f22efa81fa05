-- Flags on subjects whose district nobody knows: a bucket of their own, in no report on another district.
select count(*) filter (where area_name is null) as unplaced_n, count(*) as flags_n
from v_flag
where state = 'flagged'
