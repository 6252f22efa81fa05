-- What the two applicants share.
select
    a.*,
    exists (
        select 1
        from controller g
        join controller h on h.party_id = g.party_id
        where g.company_id = a.old_id
            and coalesce(g.to_on >= a.decided_on, true)
            and h.company_id = a.new_id
            and coalesce(h.to_on > a.applied_on, true)
    ) as has_controller,
    exists (
        select 1
        from financier g
        join financier h on h.financier_id = g.financier_id
        where g.company_id = a.old_party
            and h.company_id = a.new_party
            -- Two applicants without a name may be the same one.
            and coalesce(a.old_name, a.new_name) is not null
    ) as has_financier,
    exists (
        select 1
        from office g
        join office h on h.party_id = g.party_id
        where g.company_id = a.old_id
            and coalesce(g.to_on >= a.decided_on, true)
            and h.company_id = a.new_id
            and coalesce(h.from_on <= $as_of, true)
            and coalesce(h.to_on >= a.applied_on, true)
    ) as has_officer,
    exists (
        select 1
        from applicant_seat g
        join applicant_seat h on h.address_id = g.address_id
        where g.company_id = a.old_id and h.company_id = a.new_id and g.address_id <> a.premises_id
    ) as has_seat
from again a
