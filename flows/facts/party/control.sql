with named as ({named_parties})
select
    c.subject_id as id, c.party_id, n.name, n.kind as party_kind, c.verdict, c.kind, g.control_group_id,
    row_number() over (
        partition by c.subject_id
        order by {verdict_order}, c.kind, c.party_id, g.control_group_id nulls last
    ) as row_no
from v_control c
left join named n on n.party_id = c.party_id
left join v_control_group g on g.controller_id = c.party_id and g.subject_id = c.subject_id
where c.subject_id in (select unnest($ids))
