-- Open roles of persons in companies of the United Kingdom, and whether the identity is stated as verified
-- for the role. The duty began on 18 November 2025; older roles have until 18 November 2026, when the
-- transition ends (Commencement No. 6 and Transitional Provisions Regulations 2025 under the Economic Crime
-- and Corporate Transparency Act 2023).
select
    r.subject_id,
    r.statement_id,
    r.party_statement_id,
    r.verification_due_on,
    r.verification_ended_on,
    case
        when r.verified_on <= $as_of
            and coalesce(r.verification_ended_on > $as_of, true) then 'verified'
        when r.verification_due_on is null then 'no_due_day'
        when r.verification_due_on >= least($as_of, coalesce(g.owners_on, $as_of)) then 'not_yet_due'
        when $as_of < date '2026-11-18'
            and coalesce(r.valid_from < date '2025-11-18', true) then 'in_transition'
        else 'overdue'
    end as outcome
from relationship r
join company c on c.company_id = r.subject_id
left join ownership_gap g on g.territory = c.territory
where r.is_open
    and r.party_kind = 'person'
    and c.is_active
    and c.territory = 'gb'
    and c.legal_form_class <> 'overseas_entity'
order by r.subject_id, r.statement_id
