select
    c.subject_id,
    case when up.subject_id is not null then 'flagged' else 'not_flagged' end as state,
    v.kind as subtype,
    up.depth as value,
    'steps' as unit,
    case v.kind
        when 'trust' then 'a trust without a named settlor or beneficiary'
        when 'foundation' then 'a foundation with nobody named behind it'
        when 'nominee' then 'a nominee whose principal is not named'
        when 'bearer' then 'a bearer as holder, who is whoever has the paper,'
    end as vehicle_words,
    case when up.depth = 1 then 'step' else 'steps' end as steps_word
from owned_entity c
left join graph_reach up on up.subject_id = c.subject_id and up.mark = 'opaque_vehicle'
left join vehicle v on v.vehicle_id = up.nearest_id
