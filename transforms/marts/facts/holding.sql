select p.*, e.edition_date as titles_on
from proprietorship p
-- Several datasets may have an edition of one day, because answers about parcels are requested one by one.
left join (select distinct register, edition, edition_date from edition_in_use) e
    on e.register = p.register and e.edition = p.edition
where p.ended_on is null
