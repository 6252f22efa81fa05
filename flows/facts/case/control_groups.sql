-- Controllers and entities of control groups. A case with a group is about these parties.
select control_group_id, controller_id, subject_id
from v_control_group
where control_group_id in (select unnest($ids))
order by all
