-- Ownership of these companies, direct or through others.
select subject_id, party_id, basis, share_max_declared, share_max_declared_exclusive
from graph_integrated
where subject_id in (select subject_id from declaring)
