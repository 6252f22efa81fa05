select
    j.control_group_id as subject_id,
    -- That the groups are unrelated rests on absence.
    case
        when not j.is_hit then 'not_flagged'
        when g.gap is not null then 'not_assessable'
        else 'flagged'
    end as state,
    case when j.is_hit then g.gap end as reason,
    j.active_n as value,
    'entities' as unit,
    $n as threshold,
    j.parts_n,
    case
        when e.entity_id is null then 'One natural person'
        else coalesce(e.name, j.controller_id)
    end as controller_words
from judged j
left join ownership_gap g on g.territory = 'elsewhere'
left join entity e on e.entity_id = j.controller_id
