with mine as (
    select * from graph_control where rowid in (from rows_of('graph_control.subject_id', $ids))
),
named as ({named_parties}),
led as (
    select * from graph_control_group
    where rowid in (from rows_of('graph_control_group.subject_id', $ids))
)
select
    c.subject_id as id, c.party_id, n.name, n.kind as party_kind, c.verdict, c.kind, g.control_group_id,
    row_number() over (
        partition by c.subject_id
        order by {verdict_order}, c.kind, c.party_id, g.control_group_id nulls last
    ) as row_no
from mine c
left join named n on n.party_id = c.party_id
left join led g on g.controller_id = c.party_id and g.subject_id = c.subject_id
