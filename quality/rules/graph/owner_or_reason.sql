-- graph_ubo names a person or says why not
select subject_id, party_id
from {batch}
where
    (party_id is null) <> (verdict = 'NONE_FOUND')
    or (reason is not null) <> (verdict = 'NONE_FOUND')
