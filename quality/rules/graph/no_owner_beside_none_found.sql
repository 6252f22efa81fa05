-- graph_ubo has no owner beside NONE_FOUND
select subject_id, party_id
from {batch}
where
    verdict in ('CERTAIN', 'POSSIBLE')
    and (subject_id, regime) in (
        select subject_id, regime
        from graph_ubo
        where verdict = 'NONE_FOUND' and subject_id is not null
    )
