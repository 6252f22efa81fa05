select
    m.company_id as subject_id,
    case
        when m.tops_n = 0 then 'not_assessable'
        when m.entities_n = 0 then 'not_flagged'
        when r.fence is null then 'not_assessable'
        when m.ratio > r.fence then 'flagged'
        else 'not_flagged'
    end as state,
    case
        when m.tops_n = 0 then coalesce(g.gap, 'no_top_holder')
        when m.entities_n > 0 and r.fence is null then 'few_peers'
    end as reason,
    m.ratio as value,
    'entities for each top holder' as unit,
    r.fence as threshold,
    r.peers_n as peer_n,
    m.entities_n,
    case when m.entities_n = 1 then 'legal entity' else 'legal entities' end as entities_words,
    m.tops_n,
    case when m.tops_n = 1 then 'top holder' else 'top holders' end as tops_words,
    case when r.is_narrow then 'the same form and industry' else 'the same form' end as peers_words
from measured m
left join reached r using (company_id)
left join ownership_gap g on g.territory = coalesce(m.territory, 'elsewhere')
