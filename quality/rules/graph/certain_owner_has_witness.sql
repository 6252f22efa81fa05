-- graph_ubo CERTAIN has a witness
select subject_id, party_id
from {batch}
where verdict = 'CERTAIN' and len(witness) = 0
