-- A group is named after its controller, if that is a legal entity. A natural person is never a subject, so a
-- group under a person is named by its size. Its district is the one where most of its entities are seated;
-- if several, the first by name.
with seat as (
    select
        g.control_group_id, c.area_name, c.area_code,
        row_number() over (
            partition by g.control_group_id order by count(*) desc, c.area_name, c.area_code
        ) as best
    from graph_control_group g
    join company c on c.company_id = g.subject_id
    where c.area_name is not null
    group by g.control_group_id, c.area_name, c.area_code
)
select
    g.control_group_id as subject_id,
    coalesce(
        min(e.name),
        concat_ws('', 'a group of ', cast(count(*) as varchar), ' entities under one natural person')
    ) as subject_name,
    min(s.area_name) as area_name,
    min(s.area_code) as area_code,
    'elsewhere' as territory,
    false as is_private
from graph_control_group g
left join entity e on e.entity_id = g.controller_id
left join seat s on s.control_group_id = g.control_group_id and s.best = 1
group by g.control_group_id
