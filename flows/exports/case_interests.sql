-- Open interests between members of the case.
select
    i.party_id as from_id, i.subject_id as to_id, 'interest' as kind, i.basis, i.interest_type, i.reach,
    i.share_min, i.share_max, i.share_min_exclusive, i.share_max_exclusive, i.valid_from, i.statement_id
from v_interest i
where
    i.is_open
    and i.party_id in (select subject_id from v_case_member where case_id = $case)
    and i.subject_id in (select subject_id from v_case_member where case_id = $case)
order by i.interest_id
