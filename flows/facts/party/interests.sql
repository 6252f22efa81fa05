with mine as (select * from interest where rowid in (from rows_of('interest.subject_id', $ids))),
named as ({named_parties})
select
    i.subject_id as id, i.party_id, n.name, n.kind, i.interest_type, i.basis, i.reach,
    i.share_min, i.share_max, i.share_min_exclusive, i.share_max_exclusive,
    i.joint_group, i.valid_from, i.interest_id,
    row_number() over (
        partition by i.subject_id order by i.share_min desc nulls last, i.party_id, i.interest_id
    ) as row_no
from mine i
left join named n on n.party_id = i.party_id
