-- Parties all of whose payments are held: the statements of all their accounts that are known, or a whole
-- set.
select coalesce(holder_id, account_id) as party_id
from account
group by coalesce(holder_id, account_id)
having bool_and(is_held)
order by party_id
