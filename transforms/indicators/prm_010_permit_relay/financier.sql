-- Who finances a party: as its permits say, or by a charge. A bank or a public body lends to anybody.
select p.applicant_id as company_id, p.financier_id, p.statement_id, 'permit_statement.state' as field
from permit p
where p.financier_id is not null and coalesce(p.financier_kind, '') not in ('conduit', 'public')
union
select h.borrower_id, h.lender_id, h.statement_id, 'charge_statement.lender_name'
from charge h
where h.lender_id is not null
    and h.kind <> 'attachment'
    and h.lender_kind not in ('conduit', 'public')
    and coalesce(h.created_on <= $as_of, true)
