select title_id, party_id, added_on, ended_on, method, statement_id
from v_proprietorship
where title_id in (select unnest($ids))
order by title_id, position, statement_id
