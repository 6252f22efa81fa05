-- Edges with the numbers of both ends, which are null for parties that are not nodes.
select
    e.*,
    holder.number as holder,
    held.number as held,
    -- A natural person owns and is not owned: such an edge is a contradiction and is left out.
    held.kind not in ('person', 'protected') as is_link
from edge e
left join node holder on holder.party_id = e.party_id
left join node held on held.party_id = e.subject_id
