-- Open roles of persons in companies of the United Kingdom, and whether the identity is stated as verified
-- for the role. The duty began on 18 November 2025; older roles have until 18 November 2026, when the
-- transition ends (Commencement No. 6 and Transitional Provisions Regulations 2025 under the Economic Crime
-- and Corporate Transparency Act 2023).
with stated as (
    select r.*, least($as_of, coalesce(g.owners_on, $as_of)) as known_on
    from relationship r
    join company c on c.company_id = r.subject_id
    join person p on p.person_id = r.party_id and p.person_type = 'knownPerson'
    left join ownership_gap g on g.territory = c.territory
    where r.is_open
        and c.is_active
        and c.territory = 'gb'
        and c.legal_form_class <> 'overseas_entity'
)
select
    subject_id,
    statement_id,
    party_statement_id,
    verification_due_on,
    verification_ended_on,
    case
        when verified_on <= $as_of and coalesce(verification_ended_on > $as_of, true) then 'verified'
        when verification_due_on is null then 'no_due_day'
        when verification_due_on >= known_on then 'not_yet_due'
        when known_on < date '2026-11-18' and coalesce(valid_from < date '2025-11-18', true)
            then 'in_transition'
        else 'overdue'
    end as outcome
from stated
