-- Charges and mortgages that are not paid off, with their titles and each proprietor: the title named, or, if
-- none is named, each title that the borrower had acquired before, or in which the borrower was entered as
-- proprietor at most 42 days later. (own) The Land Registry enters a buyer days to weeks after the purchase;
-- the priority of a buyer's search lasts thirty working days.
select
    p.title_id, p.party_id, p.proprietor_name, p.statement_id, h.charge_id, h.position, h.kind, h.lender_id,
    h.lender_name, h.lender_kind, h.created_on, h.statement_id as charge_statement_id,
    cast(null as bigint) as days_after
from proprietorship p
join charge h on h.title_id = p.title_id and coalesce(h.borrower_id, p.party_id) = p.party_id
where p.ended_on is null and h.kind <> 'attachment' and h.status <> 'satisfied'
union all
select
    p.title_id, p.party_id, p.proprietor_name, p.statement_id, h.charge_id, h.position, h.kind, h.lender_id,
    h.lender_name, h.lender_kind, h.created_on, h.statement_id, date_diff('day', p.added_on, h.created_on)
from proprietorship p
join charge h
    on h.borrower_id = p.party_id
    and h.title_id is null
    and date_diff('day', h.created_on, p.added_on) <= 42
where p.ended_on is null and h.kind <> 'attachment' and h.status <> 'satisfied'
