-- Units of titles at the addresses of `place`.
select *
from title_address
where rowid in (from rows_of('title_address.address_id', (select list(address_id) from place)))
