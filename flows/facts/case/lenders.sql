-- Lenders other than banks and public bodies, with a charge on these titles that is not paid off, or one that
-- names no title and was given to a proprietor up to 42 days before the purchase or 90 days after it (as in
-- PRP-110). Of several charges of one lender, the day of the newest.
with holder as (
    select title_id, party_id, added_on
    from proprietorship
    where ended_on is null and rowid in (from rows_of('proprietorship.title_id', $ids))
),
loan as (
    select title_id, borrower_id, lender_id, created_on
    from charge
    where lender_id is not null
        and coalesce(lender_kind, '') not in ('conduit', 'public')
        and kind <> 'attachment'
        and status <> 'satisfied'
),
lent as (
    select h.title_id, l.lender_id, l.created_on
    from holder h
    join loan l on l.title_id = h.title_id and coalesce(l.borrower_id, h.party_id) = h.party_id
    union all
    select h.title_id, l.lender_id, l.created_on
    from holder h
    join loan l
        on l.borrower_id = h.party_id
        and l.title_id is null
        and date_diff('day', h.added_on, l.created_on) between -42 and 90
)
select title_id, lender_id, max(created_on) as created_on
from lent
group by title_id, lender_id
order by title_id, lender_id
