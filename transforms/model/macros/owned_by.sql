with listed as (select * from graph_integrated where party_id = id),
named as (select entity_id as subject_id, name from entity where entity_id in (select subject_id from listed))
select
    l.subject_id, n.name, l.basis, l.share_min, l.share_max_declared, l.share_max, l.share_min_exclusive,
    l.share_max_declared_exclusive, l.is_as_declared
from listed l left join named n on n.subject_id = l.subject_id
order by l.subject_id, l.basis
