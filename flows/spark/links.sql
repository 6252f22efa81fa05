-- A natural person has no holders: an interest in a person connects nobody, so its holder is ignored.
select
    case when n.kind in ('person', 'protected') then e.subject_id else e.party_id end as party_id,
    {others}
from edge e
left join node n on n.party_id = e.subject_id
