-- A permit that was refused, revoked or withdrawn, and a later application of another party for the same
-- premises. If the day of the decision is unknown, every application after the old one may be later.
select
    o.premises_id,
    o.permit_id as old_permit_id,
    n.permit_id as new_permit_id,
    o.statement_id as old_statement_id,
    n.statement_id as new_statement_id,
    o.applicant_id as old_id,
    n.applicant_id as new_id,
    coalesce(o.applicant_id, o.permit_id) as old_party,
    coalesce(n.applicant_id, n.permit_id) as new_party,
    coalesce(o.applicant_name, c.name) as old_name,
    coalesce(n.applicant_name, d.name) as new_name,
    o.state as old_state,
    o.decided_on,
    n.applied_on,
    date_diff('day', o.decided_on, n.applied_on) as days_n,
    coalesce(o.lessor_in_refusal and o.lessor_id = n.lessor_id, false) as has_lessor
from permit o
join permit n
    on n.premises_id = o.premises_id
    and coalesce(
        n.applied_on >= o.decided_on and date_diff('day', o.decided_on, n.applied_on) <= $days,
        n.applied_on > o.applied_on,
        n.permit_id <> o.permit_id
    )
left join company c on c.company_id = o.applicant_id
left join company d on d.company_id = n.applicant_id
where o.state in ('refused', 'revoked', 'withdrawn')
    and n.applied_on <= $as_of
    and coalesce(
        n.applicant_id <> o.applicant_id,
        business_name(n.applicant_name) <> business_name(o.applicant_name),
        true
    )
