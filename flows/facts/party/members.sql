with mine as (select * from v_control_group where control_group_id in (select unnest($ids))),
flagged as (
    select subject_id, count(*) as flags_n
    from flag
    where
        state = 'flagged'
        and subject_type = 'legal_entity'
        and rowid in (from rows_of('flag.subject_id', (select list(subject_id) from mine)))
    group by subject_id
),
named as (
    select entity_id, name
    from entity
    where rowid in (from rows_of('entity.entity_id', (select list(subject_id) from mine)))
)
select
    g.control_group_id as id, g.subject_id, e.name, coalesce(f.flags_n, 0) as flags_n,
    row_number() over (
        partition by g.control_group_id order by coalesce(f.flags_n, 0) desc, g.subject_id
    ) as row_no
from mine g
left join named e on e.entity_id = g.subject_id
left join flagged f on f.subject_id = g.subject_id
