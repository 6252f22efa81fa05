-- Owners and directors now whose identity a register states as verified, or as due to be.
select
    r.subject_id as id, r.party_id, p.full_name as name, r.verified_on, r.verification_due_on,
    r.verification_ended_on,
    row_number() over (partition by r.subject_id order by r.verified_on nulls first, p.full_name, r.statement_id)
        as row_no
from v_relationship r
left join v_person p on p.person_id = r.party_id
where r.is_open
    and r.subject_id in (select unnest($ids))
    and coalesce(r.verified_on, r.verification_due_on, r.verification_ended_on) is not null
