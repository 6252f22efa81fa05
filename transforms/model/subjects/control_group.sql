-- A group is named after its controller where that is a legal entity. A natural person is never a subject,
-- so a group under a person is named by its size.
select
    g.control_group_id as subject_id,
    coalesce(
        min(e.name),
        concat_ws('', 'a group of ', cast(count(*) as varchar), ' entities under one natural person')
    ) as subject_name,
    null as area_name,
    null as area_code,
    'elsewhere' as territory,
    false as is_private
from graph_control_group g
left join entity e on e.entity_id = g.controller_id
group by g.control_group_id
