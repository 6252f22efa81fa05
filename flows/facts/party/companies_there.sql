-- Companies registered at the addresses of `place`.
select *
from company
where rowid in (from rows_of('company.address_id', (select list(address_id) from place)))
