-- Current owners and directors whose identity a register states as verified, or as due for verification.
with mine as (
    select *
    from relationship
    where rowid in (from rows_of('relationship.subject_id', $ids))
        and coalesce(verified_on, verification_due_on, verification_ended_on) is not null
),
named as (
    select person_id, full_name from v_person where person_id in (select party_id from mine)
)
select
    r.subject_id as id, r.party_id, p.full_name as name, r.verified_on, r.verification_due_on,
    r.verification_ended_on,
    row_number() over (
        partition by r.subject_id order by r.verified_on nulls first, p.full_name, r.statement_id
    )
        as row_no
from mine r
left join named p on p.person_id = r.party_id
