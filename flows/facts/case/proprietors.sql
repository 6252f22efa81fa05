select title_id, party_id, added_on, ended_on, method, statement_id
from proprietorship
where rowid in (from rows_of('proprietorship.title_id', $ids))
order by title_id, position, statement_id
