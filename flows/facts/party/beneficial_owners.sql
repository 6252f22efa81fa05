select
    b.subject_id as id, b.regime, b.party_id, p.full_name as name, b.verdict, b.basis,
    b.share_min, b.share_max_declared, b.share_max, b.reason, b.is_as_declared,
    row_number() over (
        partition by b.subject_id order by {verdict_order}, b.regime, b.party_id nulls last
    ) as row_no
from v_beneficial_owner b
left join v_person p on p.person_id = b.party_id
where b.subject_id in (select unnest($ids))
