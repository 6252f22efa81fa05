-- Parties whose payments are all held: the statements of all their known accounts, or a whole set of
-- transfers.
select coalesce(holder_id, account_id) as party_id
from account
group by coalesce(holder_id, account_id)
having bool_and(is_held)
order by party_id
