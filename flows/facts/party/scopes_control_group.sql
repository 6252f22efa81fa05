select unnest($ids) as id, unnest($ids) as subject_id, 'itself' as scope, 1 as place
union
select control_group_id, subject_id, 'entity in it', 2
from v_control_group where control_group_id in (select unnest($ids))
