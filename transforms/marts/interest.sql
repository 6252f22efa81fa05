-- Interests of relationships that name a party.
select
    i.statement_id as interest_id,
    r.statement_id,
    r.subject_id,
    r.party_id,
    i.interest_type,
    i.native_code,
    i.basis,
    i.reach,
    i.joint_group,
    i.share_min,
    i.share_max,
    i.share_min_exclusive,
    i.share_max_exclusive,
    i.share_fault,
    i.share_native,
    r.valid_from,
    r.valid_to,
    r.is_open
from interest_statement i
join relationship r on r.statement_id = i.relationship_statement_id
where r.party_id is not null
order by i.statement_id
