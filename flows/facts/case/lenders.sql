-- Lenders other than banks and public bodies, with a charge on these titles that is not paid off, or one that
-- names no title and was given to a proprietor shortly before the purchase or up to 90 days after it (as in
-- PRP-110). Of several charges of one lender, the day of the newest.
select title_id, lender_id, max(created_on) as created_on
from charge_on_title
where title_id in (select unnest($ids))
    and lender_id is not null
    and coalesce(lender_kind, '') not in ('conduit', 'public')
    and coalesce(days_after <= 90, true)
group by title_id, lender_id
order by title_id, lender_id
