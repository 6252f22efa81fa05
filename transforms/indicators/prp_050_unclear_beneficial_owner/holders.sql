-- Their beneficial owners, and everybody above them who need not declare owners.
select b.subject_id, b.party_id
from graph_ubo b
join declaring s on s.subject_id = b.subject_id
where b.regime = s.regime and b.verdict in ('CERTAIN', 'POSSIBLE')
union
select o.subject_id, o.party_id
from direct_and_indirect o
join exempt x on x.entity_id = o.party_id
