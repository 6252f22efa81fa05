-- Lenders other than banks and public bodies, with a charge on these titles that is not paid off, or one that
-- names no title and was given within 90 days of a purchase of them; of several, the newest.
select title_id, lender_id, max(created_on) as created_on, max_by(charge_statement_id, created_on) as statement_id
from v_charge_on_title
where
    title_id in (select unnest($ids))
    and lender_id is not null
    and coalesce(lender_kind, '') not in ('conduit', 'public')
    and coalesce(days_after, 0) <= 90
group by title_id, lender_id
order by title_id, lender_id
