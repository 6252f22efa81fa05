select
    s.directed_set_id as subject_id,
    case when s.entities_n > $n then 'flagged' else 'not_flagged' end as state,
    case
        when s.entities_n <= $n then null
        when s.is_agent then 'agent'
        else 'unexplained'
    end as subtype,
    s.entities_n as value,
    'entities' as unit,
    $n as threshold,
    coalesce(e.name, 'One natural person') as director_words,
    case
        when s.is_agent then 'most of them seated at agents or business centres'
        else 'most of them seated where no list explains it'
    end as seats_words
from counted s
left join entity e on e.entity_id = s.director_id
