with mine as (
    select * from graph_integrated
    where
        basis in ('shares', 'votes')
        and rowid in (from rows_of('graph_integrated.subject_id', $ids))
),
named as ({named_parties})
select
    o.subject_id as id, o.party_id, n.name, n.kind, o.basis, o.share_min, o.share_max_declared, o.share_max,
    o.share_min_exclusive, o.share_max_declared_exclusive, o.is_as_declared,
    row_number() over (
        partition by o.subject_id order by o.share_min desc, o.share_max_declared desc, o.party_id, o.basis
    ) as row_no
from mine o
left join named n on n.party_id = o.party_id
