-- A natural person owns and is not owned: such an interest links nobody, and its holder is not looked at.
select
    case when n.kind in ('person', 'protected') then e.subject_id else e.party_id end as party_id,
    {others}
from edge e
left join node n on n.party_id = e.subject_id
