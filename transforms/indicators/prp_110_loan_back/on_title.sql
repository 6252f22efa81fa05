-- A charge or mortgage on the title itself; a charge that names no title is on one that the borrower acquired
-- shortly before.
select *
from charge_on_title
where coalesce(created_on <= $as_of, true) and coalesce(days_after <= $days, true)
