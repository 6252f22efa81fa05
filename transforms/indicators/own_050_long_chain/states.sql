select
    c.subject_id,
    case when coalesce(g.layers_n, 0) >= $layers then 'flagged' else 'not_flagged' end as state,
    coalesce(g.layers_n, 0) as value,
    'entities' as unit,
    $layers as threshold
from owned_entity c
left join graph_layers g on g.subject_id = c.subject_id
