select g.control_group_id as id, e.name, g.controller_id, count(distinct g.subject_id) as members_n
from v_control_group g
left join v_entity e on e.entity_id = g.controller_id
where g.control_group_id in (select unnest($ids))
group by g.control_group_id, e.name, g.controller_id
order by g.control_group_id
