with listed as (
    select party_id, verdict, kind
    from graph_control
    where rowid in (from rows_of('graph_control.subject_id', [id]))
),
groups as (
    select controller_id, control_group_id
    from graph_control_group
    where rowid in (from rows_of('graph_control_group.subject_id', [id]))
),
named as (
    select entity_id as party_id, name
    from entity where rowid in (from rows_of('entity.entity_id', (select list(party_id) from listed)))
    union all
    select person_id, full_name from person where person_id in (select party_id from listed)
)
select l.party_id, n.name, l.verdict, l.kind, g.control_group_id
from listed l
left join named n on n.party_id = l.party_id
left join groups g on g.controller_id = l.party_id
order by l.verdict, l.kind, l.party_id
