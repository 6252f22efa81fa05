select
    b.party_id as id, b.subject_id, e.name, list(b.regime order by b.regime) as regimes, b.verdict, b.basis,
    row_number() over (partition by b.party_id order by {verdict_order}, b.subject_id, b.basis) as row_no
from v_beneficial_owner b
left join v_entity e on e.entity_id = b.subject_id
where b.party_id in (select unnest($ids)) and b.verdict in ('CERTAIN', 'POSSIBLE')
group by b.party_id, b.subject_id, e.name, b.verdict, b.basis
