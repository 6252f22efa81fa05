-- A charge or mortgage on the title itself; a charge that names none is on a title that the borrower acquired
-- shortly before.
select
    p.title_id, p.party_id, p.proprietor_name, p.statement_id,
    h.charge_id, h.position, h.lender_id, h.lender_name, h.lender_kind, h.created_on,
    h.statement_id as charge_statement_id
from proprietorship p
join charge h
    on h.title_id = p.title_id
    and coalesce(h.borrower_id, p.party_id) = p.party_id
where p.ended_on is null
    and h.kind <> 'attachment'
    and h.status <> 'satisfied'
    and coalesce(h.created_on <= $as_of, true)
union all
select
    p.title_id, p.party_id, p.proprietor_name, p.statement_id,
    h.charge_id, h.position, h.lender_id, h.lender_name, h.lender_kind, h.created_on,
    h.statement_id
from proprietorship p
join charge h
    on h.borrower_id = p.party_id
    and h.title_id is null
    and p.added_on is not null
    and date_diff('day', p.added_on, h.created_on) between 0 and $days
where p.ended_on is null
    and h.kind <> 'attachment'
    and h.status <> 'satisfied'
    and h.created_on <= $as_of
