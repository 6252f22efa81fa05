with flagged as (
    select subject_id, count(*) as flags_n
    from v_flag
    where state = 'flagged' and subject_type = 'legal_entity'
    group by subject_id
)
select
    g.control_group_id as id, g.subject_id, e.name, coalesce(f.flags_n, 0) as flags_n,
    row_number() over (
        partition by g.control_group_id order by coalesce(f.flags_n, 0) desc, g.subject_id
    ) as row_no
from v_control_group g
left join v_entity e on e.entity_id = g.subject_id
left join flagged f on f.subject_id = g.subject_id
where g.control_group_id in (select unnest($ids))
