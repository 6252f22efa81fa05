with candidates as (
    select r.subject_id
    from relationship r
    join entity e on e.entity_id = r.subject_id
    where e.entity_type <> 'arrangement'
    union
    select company_id from company where is_active and must_declare_owners
)
select
    c.subject_id,
    case when coalesce(g.layers_n, 0) >= $layers then 'flagged' else 'not_flagged' end as state,
    cast(null as varchar) as reason,
    cast(null as varchar) as subtype,
    cast(coalesce(g.layers_n, 0) as double) as value,
    'entities' as unit,
    cast($layers as double) as threshold,
    cast(null as bigint) as peer_n
from candidates c
left join graph_layers g on g.subject_id = c.subject_id
