-- Entities that pay or are paid in these patterns of payments.
with hop as (
    select m.pattern_id, unnest([f.payer_id, f.payee_id]) as party_id
    from flow_pattern_member m
    join flow f using (flow_id)
    where m.pattern_id in (select unnest($ids))
)
select distinct pattern_id, party_id
from hop
where party_id in (select entity_id from entity)
order by pattern_id, party_id
