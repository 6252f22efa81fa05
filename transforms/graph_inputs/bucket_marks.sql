-- Marks of the nodes, by bucket.
select m.mark, m.subject_id as party_id, b.bucket
from mark m
join node n on n.party_id = m.subject_id
join bucket b on b.number = n.number
