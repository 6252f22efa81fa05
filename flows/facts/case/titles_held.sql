-- Titles that legal entities hold today, with their position (`nth`, newest first) for each entity.
select
    title_id, party_id, added_on, ended_on, method, statement_id,
    row_number() over (
        partition by party_id order by added_on desc nulls last, title_id, statement_id
    ) as nth
from proprietorship
where ended_on is null and rowid in (from rows_of('proprietorship.party_id', $ids))
order by party_id, nth
